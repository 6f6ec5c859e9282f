import { type DuckDBAppender, type DuckDBConnection, DuckDBDataChunk } from '@duckdb/node-api'
import duckdb from '@duckdb/node-bindings'
import { type Column, sql } from '@sillage/sql'
import { arrowSchema, batchMismatch, duckdbType } from '@sillage/sql/arrow'
import { DataType, type Field, type RecordBatch } from 'apache-arrow'
import { columnWriter } from './column-writer.ts'
import { columnsOf } from './result-columns.ts'

const vectorRows = duckdb.vector_size()

/**
 * Appends Arrow batches to a table, column by column. Takes part in the connection's transaction and neither begins nor ends one;
 * its calls are synchronous. After any throw the transaction must be rolled back.
 */
export class BatchWriter implements AsyncDisposable {
  readonly #table: string
  readonly #fields: readonly Field[]
  readonly #chunk: DuckDBDataChunk
  readonly #appender: DuckDBAppender
  #rows = 0
  #isOpen = true

  private constructor({
    table,
    fields,
    chunk,
    appender,
  }: {
    readonly table: string
    readonly fields: readonly Field[]
    readonly chunk: DuckDBDataChunk
    readonly appender: DuckDBAppender
  }) {
    this.#table = table
    this.#fields = fields
    this.#chunk = chunk
    this.#appender = appender
  }

  /** Opens a table for appending. Runs a statement: a stream open on the connection would end. */
  static async open({
    connection,
    catalog,
    schema,
    table,
  }: {
    readonly connection: DuckDBConnection
    /** The working database unless said; `temp` for temporary tables. */
    readonly catalog?: string
    readonly schema: string
    readonly table: string
  }): Promise<BatchWriter> {
    const place = catalog === undefined ? [schema, table] : [catalog, schema, table]
    const result = await connection.run(
      `select * from ${sql.id(...(place as [string, ...string[]]))} limit 0`,
    )
    const columns: readonly Column[] = columnsOf(result)
    const fields = arrowSchema(columns).fields
    const chunk = DuckDBDataChunk.create(result.columnTypes())
    const appender = await connection.createAppender(table, schema, catalog)
    return new BatchWriter({ table: `${schema}.${table}`, fields, chunk, appender })
  }

  /** Rows appended so far. */
  get rows(): number {
    return this.#rows
  }

  /**
   * Appends all rows of a batch. Columns are found by name and must be those of the table with the same types; a dictionary of text
   * may go to VARCHAR or ENUM, a column of nulls to any type. Throws `batch_mismatch`, `invalid_text`, `not_in_enum`.
   */
  append(batch: RecordBatch): void {
    const writers = this.#columnsOf(batch).map((data, index) => columnWriter(data, this.#fields[index]!))
    const vectors = writers.map((_, index) => duckdb.data_chunk_get_vector(this.#chunk.chunk, index))
    for (let from = 0; from < batch.numRows; from += vectorRows) {
      const rows = Math.min(vectorRows, batch.numRows - from)
      this.#chunk.reset()
      for (const [index, write] of writers.entries()) write(vectors[index]!, from, rows)
      this.#chunk.rowCount = rows
      this.#appender.appendDataChunk(this.#chunk)
      this.#rows += rows
    }
  }

  /** Makes the rows so far visible to the connection's own statements. */
  flush(): void {
    this.#appender.flushSync()
  }

  /** Flushes and ends. */
  close(): void {
    if (!this.#isOpen) return
    this.#isOpen = false
    this.#appender.closeSync()
  }

  /** Ends without what was not flushed yet. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#isOpen) return
    this.#isOpen = false
    this.#appender.clear()
    this.#appender.closeSync()
  }

  /** The batch's columns in the order of the table's. */
  #columnsOf(batch: RecordBatch) {
    const table = this.#table
    const { fields } = batch.schema
    const extra = fields.find((field) => !this.#fields.some(({ name }) => name === field.name))
    if (extra) throw batchMismatch({ table, found: `column "${extra.name}" is not in the table` })
    return this.#fields.map((target) => {
      const index = fields.findIndex(({ name }) => name === target.name)
      if (index < 0) throw batchMismatch({ table, found: `column "${target.name}" is missing` })
      if (!fits(fields[index]!, target)) {
        throw batchMismatch({
          table,
          found: `column "${target.name}" is ${duckdbType(fields[index]!)}, the table has ${duckdbType(target)}`,
        })
      }
      return batch.data.children[index]!
    })
  }
}

function fits(field: Field, target: Field): boolean {
  if (DataType.isNull(field.type)) return true
  if (DataType.isDictionary(field.type) && DataType.isUtf8(field.type.dictionary))
    return DataType.isDictionary(target.type) || DataType.isUtf8(target.type)
  return String(field.type) === String(target.type)
}
