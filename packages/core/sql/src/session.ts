import type { Column } from './column.ts'

export type JsonValue =
  | string
  | number
  | boolean
  | null
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue }
export type JsonRow = Readonly<Record<string, JsonValue>>

/** A connection to a database that speaks DuckDB's SQL. Statements run one after the other. All throw `statement_failed`, with values left out of the message. */
export interface Session extends Disposable {
  /** Runs a statement to its end. */
  run(statement: string): Promise<void>
  /** Rows as JSON objects: for small results. */
  rows<R extends JsonRow = JsonRow>(statement: string): Promise<readonly R[]>
  /** Rows whose values are read when they are asked for, each time anew: for long texts that are looked at once. */
  lazyRows<R extends JsonRow = JsonRow>(statement: string): Promise<readonly R[]>
  /** The first row. Throws where there is none. */
  row<R extends JsonRow = JsonRow>(statement: string): Promise<R>
  /** Columns and rows of a result, as JSON objects in column order. */
  table(
    statement: string,
  ): Promise<{ readonly columns: readonly Column[]; readonly rows: readonly JsonRow[] }>
  /** Runs `work` between begin and commit; any throw rolls back and goes on. */
  transaction<T>(work: () => Promise<T>): Promise<T>
  readonly memory: SessionMemory
}

/** The memory that a session's database takes. For between statements over many rows, while no other session of it is at work. */
export interface SessionMemory {
  /** Gives memory back to the system that nobody uses: old results, pages of tables, what was freed and kept for later. */
  readonly release: () => Promise<void>
  /** Lets each thread take no more than so many bytes beyond what it has now, until disposed of. */
  readonly bound: (threadBytes: number) => Promise<AsyncDisposable>
}

export interface DatabaseOptions {
  /** Absolute path, or `:memory:`. */
  readonly path: string
  readonly memoryBytes?: number
  readonly threads?: number
  readonly tempFolder?: string
  /** How much may be spilled there. */
  readonly tempBytes?: number
  readonly readOnly?: boolean
  /** What the holder is called in the message that another process gets. */
  readonly command?: string
}

/** A database with one owner. Close it by `await using`. */
export interface Database extends AsyncDisposable {
  readonly path: string
  session(): Promise<Session>
  /** Interrupts what runs on any session, now and later: for the way out. */
  interrupt(): void
}

/** Opens or creates a database file. Throws `busy` (exit 75) naming the process that holds it, `working_database_unreadable` where it is damaged. */
export type OpenDatabase = (options: DatabaseOptions) => Promise<Database>
