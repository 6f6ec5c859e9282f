import type { DuckDBConnection, DuckDBDataChunk, DuckDBResult } from '@duckdb/node-api'
import duckdb from '@duckdb/node-bindings'
import { isSillageError } from '@sillage/base'
import { arrowSchema, batchOf } from '@sillage/sql/arrow'
import type { RecordBatch, Schema } from 'apache-arrow'
import { statementFailed } from '../failures.ts'
import type { ColumnReader } from './column-port.ts'
import { columnReader } from './column-reader.ts'
import { columnsOf } from './result-columns.ts'
import { streamFailed } from './stream-failed.ts'

export interface ReadFacts {
  /** Private to this stream: any other statement on it would end the stream without a sign. */
  readonly connection: DuckDBConnection
  /** One select. It fixes the order of the rows; without `order by` there is none. */
  readonly select: string
  /** Rows of each batch but the last: of all, or of each by its number from 0. */
  readonly batchRows?: number | ((batch: number) => number)
  readonly signal?: AbortSignal | undefined
}

/**
 * Streams the rows of a select as Arrow batches with the schema of `arrowSchema`; nothing is materialised, and the columns are the
 * reader's own. A select without rows gives no batch.
 *
 * Runs in a transaction of its own and proves at the end that the stream was whole, since DuckDB ends a failed stream like a
 * finished one. **Rows handed on before a failure are out**: write them to staging and publish after the last batch.
 *
 * Throws `stream_failed` where the statement failed part-way, `statement_failed` where it failed before its first row,
 * `unsupported_type`, and the signal's reason after an abort. Leaving early rolls back.
 */
export async function* readBatches({
  connection,
  select,
  batchRows = 65_536,
  signal,
}: ReadFacts): AsyncGenerator<RecordBatch, void, undefined> {
  signal?.throwIfAborted()
  let interrupting: NodeJS.Timeout | undefined
  // An interrupt that comes before the statement reached its thread is forgotten: hence again until it ends.
  const interrupt = () => {
    connection.interrupt()
    interrupting ??= setInterval(() => connection.interrupt(), 100)
  }
  signal?.addEventListener('abort', interrupt)
  let pending: Promise<DuckDBDataChunk | null> | undefined
  let committed = false
  let rows = 0
  try {
    await connection.run('begin')
    const result = await connection.stream(select)
    const batch = new BatchReader(arrowSchema(columnsOf(result)), batchRows)
    pending = fetchChunk(result)
    for (;;) {
      const chunk = await pending
      signal?.throwIfAborted()
      if (!chunk || chunk.rowCount === 0) break
      pending = fetchChunk(result)
      rows += chunk.rowCount
      for (const full of batch.append(chunk)) yield full
    }
    pending = undefined
    await proveWhole({ connection, select, rows })
    await connection.run('commit')
    committed = true
    if (batch.rows > 0) yield batch.take()
  } catch (error) {
    signal?.throwIfAborted()
    throw isSillageError(error) ? error : statementFailed({ statement: select, cause: error })
  } finally {
    signal?.removeEventListener('abort', interrupt)
    clearInterval(interrupting)
    if (!committed) await abandon(connection, pending)
  }
}

/** All rows of a select as one batch. Throws what `readBatches` throws. */
export async function readWhole(connection: DuckDBConnection, select: string): Promise<RecordBatch> {
  try {
    const result = await connection.run(select)
    const chunks = await result.fetchAllChunks()
    const rows = chunks.reduce((sum, { rowCount }) => sum + rowCount, 0)
    const reader = new BatchReader(arrowSchema(columnsOf(result)), rows + 1)
    for (const chunk of chunks) reader.append(chunk).next()
    return reader.take()
  } catch (error) {
    throw isSillageError(error) ? error : statementFailed({ statement: select, cause: error })
  }
}

/** Asks for the next chunk. It may fail while the consumer is at work and nobody waits for it yet: it is awaited later. */
function fetchChunk(result: DuckDBResult): Promise<DuckDBDataChunk | null> {
  const chunk = result.fetchChunk()
  chunk.catch(() => {})
  return chunk
}

/** Fills batches from chunks. */
class BatchReader {
  readonly #schema: Schema
  readonly #sizeOf: (batch: number) => number
  #readers: readonly ColumnReader[] = []
  #batchRows = 0
  #batch = 0
  rows = 0

  constructor(schema: Schema, batchRows: number | ((batch: number) => number)) {
    this.#schema = schema
    this.#sizeOf = typeof batchRows === 'number' ? () => batchRows : batchRows
    this.#begin()
  }

  #begin(): void {
    const rows = this.#sizeOf(this.#batch)
    this.#batch += 1
    if (rows === this.#batchRows) return
    this.#batchRows = rows
    this.#readers = this.#schema.fields.map((field) => columnReader(field, rows))
  }

  /** Adds a chunk and gives the batches that it fills. */
  *append({ chunk, rowCount }: DuckDBDataChunk): Generator<RecordBatch> {
    const vectors = this.#schema.fields.map((_, index) => duckdb.data_chunk_get_vector(chunk, index))
    for (let from = 0; from < rowCount; ) {
      const to = Math.min(rowCount, from + this.#batchRows - this.rows)
      for (const [index, reader] of this.#readers.entries())
        reader.append({ vector: vectors[index]!, from, to, at: this.rows })
      this.rows += to - from
      from = to
      if (this.rows === this.#batchRows) yield this.take()
    }
  }

  take(): RecordBatch {
    const { rows } = this
    this.rows = 0
    const columns = this.#readers.map((reader) => reader.take(rows))
    this.#begin()
    return batchOf(this.#schema, rows, columns)
  }
}

/** Any statement in the transaction of a failed stream is refused; the transaction is the only witness. */
async function proveWhole({
  connection,
  select,
  rows,
}: {
  readonly connection: DuckDBConnection
  readonly select: string
  readonly rows: number
}): Promise<void> {
  try {
    await connection.run('select 1')
  } catch (refused) {
    throw streamFailed({ rows, cause: (await causeOf(connection, select)) ?? refused })
  }
}

/** DuckDB does not keep the error of a stream: running the statement once more, without keeping its rows, tells it. */
async function causeOf(connection: DuckDBConnection, select: string): Promise<unknown> {
  try {
    await connection.run('rollback')
    await connection.run(`explain analyze ${select}`)
    return undefined
  } catch (error) {
    return error
  }
}

/** Waits for the chunk that is on its way, then gives the connection back without a transaction. */
async function abandon(connection: DuckDBConnection, pending: Promise<unknown> | undefined): Promise<void> {
  if (pending) {
    connection.interrupt()
    await pending.catch(() => undefined)
  }
  await connection.run('rollback').catch(() => undefined)
}
