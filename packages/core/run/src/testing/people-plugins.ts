import { defineSink, defineSource, defineSql, type Receipt, sql, t } from '@sillage/sdk'

/** Rows of CSV files, all texts. */
export const peoplePlugin = defineSource({
  name: 'collect/people',
  summary: 'Rows of CSV files.',
  config: t.object({ path: t.path() }),
  examples: [],
  scan: async ({ config, context }) => {
    const files = await context.files(config.path)
    const place = sql`, filename as _file, row_number() over () + 1 as _line`
    return {
      files,
      select: ({ provenance }: { readonly provenance: boolean }) =>
        sql`select * exclude (filename)${provenance ? place : sql``} from read_csv(${sql.list(files)}, header = true, all_varchar = true, filename = true)`,
    }
  },
})

/** Columns under new names; rows without the first of them are refused, as they came. */
export const namedColumns = defineSql({
  name: 'clean/named',
  summary: 'Names columns.',
  config: t.object({
    columns: t.map(t.object({ from: t.column(), personal: t.optional(t.boolean()) }), {
      'x-key-role': 'new-column',
    }),
  }),
  rows: 'same',
  incremental: 'by_row',
  refuses: true,
  examples: [],
  sql: ({ config, input }) => {
    const named = Object.entries(config.columns).map(
      ([name, { from }]) => sql`${sql.id(from)} as ${sql.id(name)}`,
    )
    const [first] = Object.values(config.columns)
    const gone = sql`nullif(${sql.id(first!.from)}, '') is null`
    return {
      select: sql`select ${sql.join(named)}, case when ${gone} then 1 else 0 end::bigint as _reject, case when ${gone} then to_json(one)::varchar end as _raw from ${input} one`,
      rejects: [{ code: 'missing', column: Object.keys(config.columns)[0]!, message: 'There is no key' }],
    }
  },
})

/** The first rule that holds names the segment. */
export const ruledSegment = defineSql({
  name: 'segment/ruled',
  summary: 'Names segments.',
  config: t.object({
    into: t.newColumn(),
    rules: t.list(t.object({ name: t.text(), when: t.expression() })),
    otherwise: t.text(),
  }),
  rows: 'same',
  incremental: 'by_row',
  examples: [],
  sql: ({ config, input, expression }) =>
    sql`select *, case ${sql.join(
      config.rules.map(({ name, when }) => sql`when ${expression(when)} then ${name}`),
      ' ',
    )} else ${config.otherwise} end as ${sql.id(config.into)} from ${input}`,
})

/** A CSV or Parquet file of all rows. */
export const listSink = defineSink({
  name: 'activate/list',
  summary: 'Writes a file.',
  config: t.object({ path: t.path(), format: t.optional(t.oneOf(['csv', 'parquet', 'json'])) }),
  examples: [],
  payload: ({ input }) => sql`select * from ${input} order by all`,
  files: ({ config, payload, context }) => [
    {
      select: sql`select * from ${payload}`,
      path: context.resolve(config.path),
      format: config.format ?? 'csv',
      options: config.format === undefined ? { header: true } : {},
    },
  ],
})

/** What a receiver of messages was told, and what it answers. */
export class SmallReceiver {
  readonly told: {
    readonly rows: readonly unknown[]
    readonly removed: readonly unknown[]
    readonly id: string
  }[] = []
  /** Answers the next messages; all is accepted unless said. */
  answer: (rows: readonly Readonly<Record<string, unknown>>[]) => Partial<Receipt> = () => ({})

  /** The sink that speaks to it. */
  get sink() {
    return defineSink({
      name: 'activate/tell',
      summary: 'Tells a receiver.',
      config: t.object({ url: t.text(), size: t.optional(t.integer()) }),
      examples: [],
      payload: ({ input }) => sql`select * from ${input} order by all`,
      size: ({ size = 2 }) => size,
      write: async ({ rows, removed, idempotencyKey, config }) => {
        const receipt = this.answer(rows)
        this.told.push({ rows, removed, id: idempotencyKey })
        return { destination: config.url, ...receipt }
      },
    })
  }
}
