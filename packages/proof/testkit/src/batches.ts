import { type BatchFacts, type BatchResult, defineBatch, t } from '@sillage/sdk'
import type { RecordBatch } from 'apache-arrow'

/** Factors by text, of all inputs beside the first. */
type Factors = ReadonlyMap<string, number>

interface Config {
  readonly does: 'same' | 'filter' | 'merge' | 'group' | 'expand'
  readonly id: string
  readonly by?: string
  readonly least: number
  readonly batch_rows?: number
}

/**
 * The test kit's own batch plugin: all that a step in workers may do to rows, with a further output, refused rows, and inputs beside its rows.
 * `factor` is the sum of what the other inputs say of the row's `by`.
 */
export default defineBatch<Config, Factors>({
  name: 'enrich/batches',
  summary: 'Rows of a test, in workers.',
  config: t.object({
    does: t.oneOf(['same', 'filter', 'merge', 'group', 'expand']),
    id: t.column({ type: 'number', description: 'Whole numbers. A negative one is refused.' }),
    by: t.optional(t.column({ description: 'The first column of text unless said.' })),
    least: t.integer({ default: 0, description: 'What `filter` leaves out.' }),
    batch_rows: t.optional(t.integer({ minimum: 1 })),
  }),
  defaults: ({ columns }) => {
    const by = columns.find(({ type }) => type === 'VARCHAR')?.name
    return by === undefined ? {} : { by }
  },
  inputs: { input: 'the rows' },
  openInputs: 'factors, with the columns `by` and `factor`',
  rows: ({ does }) => does,
  incremental: ({ does }) => (isByKey(does) ? 'by_key' : 'by_row'),
  key: ({ by }) => (by === undefined ? [] : [by]),
  reads: ({ config: { id, by } }) => (by === undefined ? [id] : [id, by]),
  readsBeside: ({ inputs }) =>
    Object.fromEntries(
      Object.keys(inputs).flatMap((role) => (role === 'input' ? [] : [[role, ['by', 'factor']]])),
    ),
  output: ({ config: { does, by }, columns }) => [
    ...(does === 'group' ? columns.filter(({ name }) => name === by) : []),
    { name: 'factor', type: 'DOUBLE' },
    { name: 'part', type: 'BIGINT' },
  ],
  outputs: { left_out: 'ids of rows that do not leave, with the one that stands for them' },
  outputColumns: () => ({
    left_out: [
      { name: 'id', type: 'BIGINT' },
      { name: 'of', type: 'BIGINT' },
    ],
  }),
  rejects: ({ config: { does } }) =>
    does === 'same' ? [{ code: 'negative', message: 'It is negative.' }] : [],
  limits: ({ batch_rows }) => (batch_rows === undefined ? {} : { batchRows: batch_rows }),
  examples: [],
  open: ({ inputs }) => {
    const factors = new Map<string, number>()
    for (const batch of Object.values(inputs))
      for (const [by, factor] of pairsOf(batch)) factors.set(by, (factors.get(by) ?? 0) + factor)
    return factors
  },
  batch: (facts) => workers[facts.config.does](facts, rowsOf(facts)),
})

interface Row {
  readonly id: number
  readonly by: string | null
  readonly factor: number | null
}

type Work = (facts: BatchFacts<Config, Factors>, rows: readonly Row[]) => BatchResult

const workers: Readonly<Record<Config['does'], Work>> = {
  same: ({ make }, rows) =>
    make.batch({
      factor: make.double(rows.map(({ factor }) => factor)),
      part: make.integer(rows.map(() => 0)),
      _reject: make.integer(rows.map(({ id }) => (id < 0 ? 1 : 0))),
    }),
  filter: (facts, rows) => {
    const isKept = ({ id }: Row): boolean => id >= facts.config.least
    const kept = rows.flatMap((row, at) => (isKept(row) ? [at] : []))
    return chosen(facts, rows, {
      from: kept,
      parts: kept.map(() => 0),
      left: rows.flatMap((row) => (isKept(row) ? [] : [{ id: row.id, of: null }])),
    })
  },
  merge: (facts, rows) => {
    const first = new Map<string | null, number>()
    for (const [at, { by }] of rows.entries()) if (!first.has(by)) first.set(by, at)
    const from = [...first.values()]
    return chosen(facts, rows, {
      from,
      parts: from.map(() => 0),
      left: rows.flatMap(({ id, by }, at) =>
        first.get(by) === at ? [] : [{ id, of: rows[first.get(by)!]!.id }],
      ),
    })
  },
  group: ({ make, note }, rows) => {
    const groups = new Map<string | null, Row[]>()
    for (const row of rows) groups.set(row.by, [...(groups.get(row.by) ?? []), row])
    note(`${groups.size} groups`)
    const sums = [...groups.values()].map((all) => all.reduce((sum, { id }) => sum + id, 0))
    return make.batch({
      by: make.text([...groups.keys()]),
      factor: make.double([...groups.values()].map(([row]) => row!.factor)),
      part: make.integer(sums),
      _rows: make.integer([...groups.values()].map((all) => all.length)),
    })
  },
  expand: (facts, rows) => {
    const each = rows.flatMap(({ id }, at) =>
      Array.from({ length: Math.abs(id) % 4 }, (_, part) => ({ at, part })),
    )
    return chosen(facts, rows, {
      from: each.map(({ at }) => at),
      parts: each.map(({ part }) => part),
      left: rows.flatMap(({ id }) => (id % 4 === 0 ? [{ id, of: null }] : [])),
    })
  },
}

interface Chosen {
  readonly from: readonly number[]
  readonly parts: readonly number[]
  readonly left: readonly { readonly id: number; readonly of: number | null }[]
}

function chosen(
  { make }: BatchFacts<Config, Factors>,
  rows: readonly Row[],
  { from, parts, left }: Chosen,
): BatchResult {
  return {
    rows: make.batch({
      factor: make.double(from.map((at) => rows[at]!.factor)),
      part: make.integer(parts),
      _from: make.integer(from),
    }),
    outputs: {
      left_out: make.batch({
        id: make.integer(left.map(({ id }) => id)),
        of: make.integer(left.map(({ of }) => of)),
      }),
    },
  }
}

function rowsOf({ batch, config, state }: BatchFacts<Config, Factors>): readonly Row[] {
  const by = config.by === undefined ? undefined : batch.getChild(config.by)
  return [...batch.getChild(config.id)!].map((id, at) => {
    const text = (by?.get(at) ?? null) as string | null
    return { id: Number(id), by: text, factor: text === null ? null : (state.get(text) ?? null) }
  })
}

function pairsOf(batch: RecordBatch): readonly (readonly [string, number])[] {
  const factor = batch.getChild('factor')!
  return [...batch.getChild('by')!].flatMap((by, at) =>
    by === null ? [] : [[String(by), Number(factor.get(at) ?? 0)] as const],
  )
}

function isByKey(does: Config['does']): boolean {
  return does === 'merge' || does === 'group'
}
