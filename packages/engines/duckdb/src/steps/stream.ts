import { type Column, sql } from '@sillage/sdk'
import type { Through } from '@sillage/steps'
import { streamingBytes } from '@sillage/workers'
import { BatchWriter } from '../bridge/batch-writer.ts'
import { readBatches } from '../bridge/read-batches.ts'
import type { Workshop } from './workshop.ts'

interface StreamFacts {
  /** What is read, on a session of its own, and how many columns that has. */
  readonly select: string
  readonly reads: number
  readonly through: Through
  readonly output: readonly Column[]
  /** What is made, on the session of the step's transaction; replaced where it exists, unless rows are appended to it. */
  readonly table: { readonly schema: string; readonly table: string }
  readonly append?: boolean
  readonly stage: string
}

const batchRows = 16_384

/** DuckDB → `through` → DuckDB, in the order of the select. Returns the rows written. */
export async function streamThrough(
  { select, reads, through, output, table, append = false, stage }: StreamFacts,
  { database, session, order }: Workshop,
): Promise<number> {
  const columns = output.map((column) => `${sql.id(column.name).text} ${column.type}`).join(', ')
  if (!append)
    await session.run(`create or replace table ${sql.id(table.schema, table.table).text} (${columns})`)
  using reader = await database.session()
  await using _limit = await database.lowerMemory(streamingBytes(order.budget, reads + output.length))
  const { signal } = order
  const source = readBatches({ connection: reader.connection, select, batchRows, signal })
  await using writer = await BatchWriter.open({ connection: session.connection, ...table })
  for await (const batch of through(source)) {
    writer.append(batch)
    order.onProgress({ stage, rows: writer.rows })
  }
  writer.flush()
  return writer.rows
}
