import { BatchWriter, readBatches } from '@sillage/duckdb/bridge'
import { type Column, sql } from '@sillage/sdk'
import type { Through } from '@sillage/steps'
import { type ParquetRows, selectRows } from './parquet-rows.ts'
import type { Workshop } from './workshop.ts'

/** The table that holds what came back. */
export const came = 'temp.main.came'

/** Sends columns of rows in files through a function over batches, into `came`. Returns how many rows came. */
export async function streamThrough(
  {
    rows,
    reads,
    through,
    output,
  }: {
    readonly rows: readonly ParquetRows[]
    readonly reads: readonly string[]
    readonly through: Through
    readonly output: readonly Column[]
  },
  { database, session, order }: Workshop,
): Promise<number> {
  const shape = output.map((column) => `${sql.id(column.name).text} ${column.type}`).join(', ')
  await session.run(`create or replace temp table came (${shape})`)
  const from = unionOf(rows)
  const { n } = await session.row<{ n: number }>(`select count(*) as n from ${from}`)
  if (n === 0) return 0
  using reader = await database.session()
  const select = `select ${sql.join(reads.map((name) => sql.id(name))).text} from ${from}`
  await using writer = await BatchWriter.open({
    connection: session.connection,
    catalog: 'temp',
    schema: 'main',
    table: 'came',
  })
  for await (const batch of through(
    readBatches({ connection: reader.connection, select, signal: order.signal }),
  ))
    writer.append(batch)
  writer.flush()
  return writer.rows
}

/** Rows of several relations, behind each other. */
export function unionOf(rows: readonly ParquetRows[]): string {
  return `(${rows.map((one) => selectRows(one).text).join('\nunion all by name\n')})`
}
