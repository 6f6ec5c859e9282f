import { type DuckDBConnection, StatementType } from '@duckdb/node-api'
import type { Column, JsonRow, SessionMemory, Session as SessionPort } from '@sillage/sql'
import { notOneStatement, notReading, statementFailed } from './failures.ts'
import { toJson } from './json-value.ts'

const reading: ReadonlySet<StatementType> = new Set([
  StatementType.SELECT,
  StatementType.EXPLAIN,
  StatementType.PRAGMA,
])

/** How long a statement may go on once its session was interrupted: recording what is done is let through, work is not. */
const graceMs = 100

/** One connection. Statements run one after the other; a stream wants a session of its own. */
export class Session implements SessionPort {
  readonly connection: DuckDBConnection
  readonly memory: SessionMemory
  #begun = 0
  #underWay = 0
  #interrupting: NodeJS.Timeout | undefined

  constructor(connection: DuckDBConnection, memory: SessionMemory) {
    this.connection = connection
    this.memory = memory
  }

  /** Runs a statement to its end. Throws `statement_failed`, with values left out of the message. */
  async run(statement: string): Promise<void> {
    await this.#guard(statement, () => this.connection.run(statement))
  }

  /** Rows as JSON objects: for small results. */
  async rows<R extends JsonRow = JsonRow>(statement: string): Promise<readonly R[]> {
    const { rows } = await this.table(statement)
    return rows as readonly R[]
  }

  /**
   * Rows whose values are read from DuckDB's memory when they are asked for, each time anew. For long texts that are looked at once, one
   * after the other: as strings of JavaScript all of them would be held until its collector looks at the old ones.
   */
  async lazyRows<R extends JsonRow = JsonRow>(statement: string): Promise<readonly R[]> {
    const result = await this.#guard(statement, () => this.connection.run(statement))
    const names = result.deduplicatedColumnNames()
    const chunks = await this.#guard(statement, () => result.fetchAllChunks())
    return chunks.flatMap((chunk) =>
      Array.from({ length: chunk.rowCount }, (_, row) => {
        const values = names.map((name, column) => {
          // A vector keeps each value that was read from it; a slice goes with the value.
          const get = () => toJson(chunk.getColumnVector(column).slice(row, 1).getItem(0))
          return [name, { get, enumerable: true }] as const
        })
        return Object.defineProperties({}, Object.fromEntries(values)) as R
      }),
    )
  }

  /** The first row. Throws where there is none. */
  async row<R extends JsonRow = JsonRow>(statement: string): Promise<R> {
    const [first] = await this.rows<R>(statement)
    if (!first) throw new Error('a statement that must give a row gave none')
    return first
  }

  /** Columns and rows of a result, as JSON objects in column order. */
  async table(
    statement: string,
  ): Promise<{ readonly columns: readonly Column[]; readonly rows: readonly JsonRow[] }> {
    const reader = await this.#guard(statement, () => this.connection.runAndReadAll(statement))
    const names = reader.deduplicatedColumnNames()
    const columns = names.map((name, index) => ({ name, type: String(reader.columnType(index)) }))
    const rows = reader
      .getRows()
      .map((row) => Object.fromEntries(row.map((value, index) => [names[index]!, toJson(value)])))
    return { columns, rows }
  }

  /** As `table`, for a text that a person typed: one statement, and one that reads. Throws `not_one_statement`, `not_reading`. */
  async ask(text: string): ReturnType<Session['table']> {
    if (text.trim() === '') throw notOneStatement({ count: 0 })
    const statements = await this.#guard(text, () => this.connection.extractStatements(text))
    if (statements.count !== 1) throw notOneStatement({ count: statements.count })
    const { statementType } = await this.#guard(text, () => statements.prepare(0))
    if (!reading.has(statementType)) throw notReading({ statement: StatementType[statementType] })
    return await this.table(text)
  }

  /** Runs `work` between begin and commit; any throw rolls back and goes on (a commit after a failed statement would resolve). */
  async transaction<T>(work: () => Promise<T>): Promise<T> {
    await this.begin()
    try {
      const result = await work()
      await this.commit()
      return result
    } catch (error) {
      await this.rollback()
      throw error
    }
  }

  /** Begins what `commit` makes visible and `rollback` undoes. */
  async begin(): Promise<void> {
    await this.run('begin transaction')
  }

  async commit(): Promise<void> {
    await this.run('commit')
  }

  /** Undoes what was not committed, where there is any. */
  async rollback(): Promise<void> {
    await this.connection.run('rollback').catch(() => undefined)
  }

  /**
   * Ends the statement under way, and from now on every one that takes longer than an instant. DuckDB forgets an interrupt that
   * comes between two statements, or while one is on its way to a thread: hence again and again, until the session is disposed of.
   */
  interrupt(): void {
    this.connection.interrupt()
    let last: number | undefined
    this.#interrupting ??= setInterval(() => {
      const now = this.#underWay > 0 ? this.#begun : undefined
      if (now !== undefined && now === last) this.connection.interrupt()
      last = now
    }, graceMs).unref()
  }

  [Symbol.dispose](): void {
    clearInterval(this.#interrupting)
    this.connection.closeSync()
  }

  async #guard<T>(statement: string, work: () => Promise<T>): Promise<T> {
    this.#begun += 1
    this.#underWay += 1
    try {
      return await work()
    } catch (cause) {
      throw statementFailed({ statement, cause })
    } finally {
      this.#underWay -= 1
    }
  }
}
