import { type Column, sql } from '@sillage/sdk'
import { batchSizes, type Through } from '@sillage/steps'
import { streamingBytes } from '@sillage/workers'
import type { RecordBatch } from 'apache-arrow'
import { BatchWriter } from '../bridge/batch-writer.ts'
import { readBatches, readWhole } from '../bridge/read-batches.ts'
import type { Session } from '../session.ts'
import type { Workshop } from './workshop.ts'

interface Table {
  readonly schema: string
  readonly table: string
}

interface StreamFacts {
  /** What is read, on a session of its own, and how many columns that has. */
  readonly select: string
  readonly reads: number
  /** Rows of a batch; the engine's choice unless said. */
  readonly batchRows?: number | undefined
  /** Where no group may be in two batches: the table that is read, in the order of the key. */
  readonly groups?: { readonly table: string; readonly key: readonly string[] } | undefined
  /** What each worker gets as a whole, by role. */
  readonly beside?: Readonly<
    Record<string, { readonly relation: string; readonly columns: readonly Column[] }>
  >
  readonly through: Through
  readonly output: readonly Column[]
  /** What is made, on the session of the step's transaction; replaced where it exists, unless rows are appended to it. */
  readonly table: Table
  readonly append?: boolean
  /** Further outputs, by name; replaced. */
  readonly outputs?: Readonly<Record<string, { readonly columns: readonly Column[]; readonly table: Table }>>
  readonly stage: string
}

const usualRows = 16_384

/** DuckDB → `through` → DuckDB, in the order of the select. Returns the rows that were read. */
export async function streamThrough(
  {
    select,
    reads,
    batchRows = usualRows,
    groups,
    beside = {},
    through,
    output,
    table,
    append = false,
    outputs = {},
    stage,
  }: StreamFacts,
  { database, session, order }: Workshop,
): Promise<number> {
  if (!append) await createTable(session, table, output)
  for (const { columns, table: more } of Object.values(outputs)) await createTable(session, more, columns)
  using reader = await database.session()
  const sizes = groups && (await batchSizes(reader, groups.table, { key: groups.key, least: batchRows }))
  const whole: Record<string, RecordBatch> = {}
  for (const [role, { relation, columns }] of Object.entries(beside))
    whole[role] = await readWhole(reader.connection, `select ${listOf(columns)} from ${relation}`)
  await using _limit = await database.lowerMemory(streamingBytes(order.budget, reads + output.length))
  await using writers = new Writers(session)
  const rows = await writers.open(table)
  const more = new Map<string, BatchWriter>()
  for (const [name, { table: place }] of Object.entries(outputs)) more.set(name, await writers.open(place))
  const source = counted(
    readBatches({
      connection: reader.connection,
      select,
      batchRows: sizes === undefined ? batchRows : (batch) => sizes[batch] ?? 1,
      signal: order.signal,
    }),
  )
  for await (const passed of through(source.batches, whole)) {
    rows.append(passed.rows)
    for (const [name, made] of Object.entries(passed.outputs)) more.get(name)!.append(made)
    order.onProgress({ stage, rows: rows.rows })
  }
  for (const writer of [rows, ...more.values()]) writer.flush()
  return source.rows()
}

/** Writers that end together. */
class Writers implements AsyncDisposable {
  readonly #session: Session
  readonly #open: BatchWriter[] = []

  constructor(session: Session) {
    this.#session = session
  }

  async open(place: Table): Promise<BatchWriter> {
    const writer = await BatchWriter.open({ connection: this.#session.connection, ...place })
    this.#open.push(writer)
    return writer
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const writer of this.#open) await writer[Symbol.asyncDispose]()
  }
}

async function createTable(
  session: Session,
  { schema, table }: Table,
  shape: readonly Column[],
): Promise<void> {
  const columns = shape.map((column) => `${sql.id(column.name).text} ${column.type}`).join(', ')
  await session.run(`create or replace table ${sql.id(schema, table).text} (${columns})`)
}

function listOf(columns: readonly Column[]): string {
  return sql.join(columns.map(({ name }) => sql.id(name))).text
}

/** Batches, and how many rows they had so far. */
function counted(source: AsyncIterable<RecordBatch>): {
  readonly batches: AsyncIterable<RecordBatch>
  readonly rows: () => number
} {
  let rows = 0
  async function* batches(): AsyncGenerator<RecordBatch> {
    for await (const batch of source) {
      rows += batch.numRows
      yield batch
    }
  }
  return { batches: batches(), rows: () => rows }
}
