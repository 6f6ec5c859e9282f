import { Database } from '@sillage/duckdb'
import type { KnownPlugin } from '@sillage/pipeline'
import { defineSource, type ExampleRelation, sql, t } from '@sillage/sdk'

/** The test kit's own source: the rows of a Parquet file, with the place of each row where a refusing step asks for it. */
const plugin = defineSource({
  name: 'collect/rows',
  summary: 'Rows that a test wrote.',
  config: t.object({ path: t.path() }),
  examples: [],
  scan: async ({ config, context }) => ({
    files: await context.files(config.path),
    select: ({ provenance }) =>
      provenance
        ? sql`select *, 'rows' as _file, file_row_number + 1 as _line from read_parquet(${config.path})`
        : sql`select * from read_parquet(${config.path})`,
  }),
})

export default plugin

export const rowsPlugin: KnownPlugin = {
  name: plugin.name,
  style: 'source',
  summary: plugin.summary,
  config: plugin.config,
  inputs: {},
  outputs: {},
  module: './rows-source.js',
  hash: 'rows',
  url: import.meta.url,
  proven: true,
}

/** One for all relations of a process: opening a database takes longer than writing the rows of an example. */
let scratch: Promise<Database> | undefined

/** Writes the rows of an example as Parquet; values are cast to the column's type by DuckDB. */
export async function writeRelation(path: string, { columns, rows }: ExampleRelation): Promise<void> {
  scratch ??= Database.open({ path: ':memory:', threads: 1 })
  using session = await (await scratch).session()
  const types = Object.entries(columns)
  await session.run(
    `create temp table rows (${types.map(([name, type]) => `${sql.id(name).text} ${type}`).join(', ')})`,
  )
  const values = rows.map(
    (row) => `(${types.map(([, type], index) => `cast(${valueText(row[index])} as ${type})`).join(', ')})`,
  )
  if (values.length > 0) await session.run(`insert into rows values ${values.join(', ')}`)
  await session.run(`copy rows to ${sql.literal(path).text} (format parquet)`)
}

function valueText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(valueText).join(', ')}]`
  if (value === undefined) return 'null'
  return sql.literal(value as string | number | boolean | null).text
}
