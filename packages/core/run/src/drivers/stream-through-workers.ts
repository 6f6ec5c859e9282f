import { BatchWriter, readBatches } from '@sillage/duckdb/bridge'
import { sql } from '@sillage/sdk'
import type { Call } from '@sillage/workers'
import { streamingBytes } from '@sillage/workers'
import { mapBatches } from '@sillage/workers/batches'
import type { RunContext } from '../context.ts'

interface StreamFacts {
  /** What is read, on a session of its own. */
  readonly select: string
  readonly call: Call
  /** What is made, on the session of the step's transaction; replaced where it exists, unless rows are appended to it. */
  readonly table: { readonly schema: string; readonly table: string }
  readonly append?: boolean
  readonly stage: string
  readonly context: RunContext
}

const batchRows = 16_384

/** DuckDB → workers → DuckDB in the order of the select, a bounded number of batches at a time. Returns the rows written. */
export async function streamThroughWorkers({
  select,
  call,
  table,
  append = false,
  stage,
  context,
}: StreamFacts): Promise<number> {
  const { database, session, options, pool, budget } = context
  const columns = call.output.map((column) => `${sql.id(column.name).text} ${column.type}`).join(', ')
  if (!append)
    await session.run(`create or replace table ${sql.id(table.schema, table.table).text} (${columns})`)
  using reader = await database.session()
  await using _limit = await database.lowerMemory(
    streamingBytes(budget, call.reads.length + call.output.length),
  )
  const source = readBatches({ connection: reader.connection, select, batchRows, signal: options.signal })
  await using writer = await BatchWriter.open({ connection: session.connection, ...table })
  for await (const batch of mapBatches({
    pool: await pool.get(),
    source,
    task: call,
    signal: options.signal,
  })) {
    writer.append(batch)
    options.onEvent({ kind: 'step_progress', stage, rows: writer.rows })
  }
  writer.flush()
  await pool.close()
  return writer.rows
}
