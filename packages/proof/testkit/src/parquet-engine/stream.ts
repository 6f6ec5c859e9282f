import { BatchWriter, readBatches, readWhole } from '@sillage/duckdb/bridge'
import type { BatchStep } from '@sillage/plan'
import { type Column, sql } from '@sillage/sdk'
import { batchSizes, sortedByKey, type Through } from '@sillage/steps'
import type { RecordBatch } from 'apache-arrow'
import { type ParquetRows, selectRows } from './parquet-rows.ts'
import type { Workshop } from './workshop.ts'

/** The table that holds what came back. */
export const came = 'temp.main.came'

/** The table that holds what came back of a further output. */
export function cameOf(output: string): string {
  return `temp.main.${sql.id(`came.${output}`).text}`
}

interface StreamFacts {
  /** A relation of files. */
  readonly from: string
  readonly reads: readonly string[]
  readonly through: Through
  readonly output: readonly Column[]
  /** Of a batch step: what beside its rows it reads and makes, and where its batches may be cut. */
  readonly batch?: Pick<BatchStep, 'key' | 'limits' | 'outputs'> & {
    readonly beside: Readonly<Record<string, RecordBatch>>
  }
}

/** Sends columns of rows in files through a function over batches, into `came` and its kin. Returns how many rows were sent. */
export async function streamThrough(
  { from, reads, through, output, batch }: StreamFacts,
  { database, session, order }: Workshop,
): Promise<number> {
  const tables = { came: output, ...cameTables(batch?.outputs ?? {}) }
  for (const [name, columns] of Object.entries(tables)) {
    const shape = columns.map((column) => `${sql.id(column.name).text} ${column.type}`).join(', ')
    await session.run(`create or replace temp table ${sql.id(name).text} (${shape})`)
  }
  const { n } = await session.row<{ n: number }>(`select count(*) as n from ${from}`)
  if (n === 0) return 0
  using reader = await database.session()
  const { key = [], limits = {}, beside = {} } = batch ?? {}
  const { batchRows = 1000 } = limits
  let source = from
  let sizes: readonly number[] | undefined
  if (key.length > 0) {
    source = 'temp.main.sorted'
    await reader.run(`create or replace temp table sorted as\n${sortedByKey(from, key)}`)
    sizes = await batchSizes(reader, source, { key, least: batchRows })
  }
  const select = `select ${sql.join(reads.map((name) => sql.id(name))).text} from ${source}`
  await using rows = await writerOf('came', session)
  const batches = readBatches({
    connection: reader.connection,
    select,
    batchRows: sizes === undefined ? batchRows : (number) => sizes[number] ?? 1,
    signal: order.signal,
  })
  for await (const passed of through(batches, beside)) {
    rows.append(passed.rows)
    for (const [name, made] of Object.entries(passed.outputs)) {
      await using more = await writerOf(`came.${name}`, session)
      more.append(made)
      more.close()
    }
  }
  rows.flush()
  return n
}

function cameTables(outputs: BatchStep['outputs']): Readonly<Record<string, readonly Column[]>> {
  return Object.fromEntries(Object.entries(outputs).map(([name, { columns }]) => [`came.${name}`, columns]))
}

async function writerOf(table: string, session: Workshop['session']): Promise<BatchWriter> {
  return await BatchWriter.open({ connection: session.connection, catalog: 'temp', schema: 'main', table })
}

/** What a step reads beside its rows, each as one batch. */
export async function readBeside(
  { beside }: Pick<BatchStep, 'beside'>,
  session: Workshop['session'],
): Promise<Readonly<Record<string, RecordBatch>>> {
  const found: Record<string, RecordBatch> = {}
  for (const [role, { relation, columns }] of Object.entries(beside)) {
    const list = sql.join(columns.map(({ name }) => sql.id(name))).text
    found[role] = await readWhole(session.connection, `select ${list} from ${relation}`)
  }
  return found
}

/** Rows of several relations, behind each other. */
export function unionOf(rows: readonly ParquetRows[]): string {
  return `(${rows.map((one) => selectRows(one).text).join('\nunion all by name\n')})`
}
