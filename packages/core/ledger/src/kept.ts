import type { OpenDatabase, Session, Sql } from '@sillage/sql'
import type { RunPaths } from './paths.ts'
import type { Ledger } from './port.ts'

/** Where working stores lie, and how they are opened between runs. */
export interface Stores {
  /** Opens what runs left. Undefined where nothing is there and nothing is to be made. Throws `busy` while a run goes on, `working_database_unreadable`. */
  openKept(order: KeptOrder): Promise<Kept | undefined>
  /** What a working store is on the disk. */
  filesOf(paths: Pick<RunPaths, 'database'>): StoreFiles
  /** Opens a file of DuckDB: a mart, or none (`:memory:`). */
  readonly openDatabase: OpenDatabase
}

export interface KeptOrder {
  readonly paths: Pick<RunPaths, 'database'>
  /** What the owner is called in the message that another process gets. */
  readonly command?: string
  /** True: nothing is written and nobody kept out but runs. */
  readonly readOnly?: boolean
  /** True: a store is made where there is none. */
  readonly create?: boolean
  readonly memoryBytes?: number | undefined
  readonly tempFolder?: string
}

/** Absolute paths of files and folders, there or not. */
export interface StoreFiles {
  /** All of it. Nobody may have it open while they are removed. */
  readonly store: readonly string[]
  /** What work on it leaves where it is killed. */
  readonly leftovers: readonly string[]
}

/** The working store of one pipeline as runs left it, owned until it is disposed of. */
export interface Kept extends AsyncDisposable {
  /** False of what another version of Sillage made: its ledger cannot be asked. */
  readonly isCurrent: boolean
  readonly ledger: Ledger
  /**
   * Over the relations, under the names that the last run gave them. Tables that others put beside them, in schemas of their own, stay. Statements run
   * one after the other.
   */
  readonly session: Session
  relations(): Promise<readonly KeptRelation[]>
  /** As `table` of the session, for a text that a person typed: one statement, and one that reads. Throws `not_one_statement`, `not_reading`. */
  ask(text: string): ReturnType<Session['table']>
  /**
   * Writes all rows anew but for some, so that no byte of these is left, and forgets what is known of steps: the next run makes each of them
   * again. The last thing that is done with it.
   */
  rebuild(order: RebuildOrder): Promise<Rebuilt>
  /** Gives back the room that nothing takes, or says how much that would be. Undefined where it is little. The last thing that is done with it. */
  compact(options: { readonly dryRun: boolean }): Promise<Compacted | undefined>
}

/** Accepted rows of a stage (`lines`) or a further output (`people.merged`); under the schema `reject` the refused ones of a stage. */
export interface KeptRelation {
  readonly schema: string
  readonly name: string
  /** In their order. */
  readonly columns: readonly string[]
}

export interface RebuildOrder {
  readonly removal: FindRemoval
  /** The condition under which a refused row, as it came, goes. */
  readonly heldIn: (raw: Sql) => Sql
  /** A schema of tables that can be made again: it is left out. */
  readonly cache: string
}

/** Which rows of a table go: of a step by its stage, of others by the schema. */
export type FindRemoval = (table: string, columns: readonly TableColumn[], schema: string) => Removal

/** Which rows of a table go. `value`: it has no column of the key; rows that hold an identifier go. `none`: nothing tells. */
export interface Removal {
  readonly where: Sql | undefined
  readonly how: 'key' | 'value' | 'none'
}

export interface TableColumn {
  readonly name: string
  readonly type: string
}

export interface Rebuilt {
  readonly tables: readonly RebuiltTable[]
  /** Relations that could not be shown; the next run shows them. */
  readonly views: readonly string[]
}

/** What became of a table. */
export interface RebuiltTable {
  readonly file: string
  readonly table: string
  readonly how: Removal['how']
  readonly rows: number
}

/** Bytes. */
export interface Compacted {
  readonly before: number
  readonly after: number
}
