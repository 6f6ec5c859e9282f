import type { Column, JsonRow } from '@sillage/sql'
import type { BatchMessage } from '@sillage/sql/arrow'
import type { RecordBatch } from 'apache-arrow'

/** The tables of a program as an engine keeps them; what a plugin may do with them is said in `ProgramTables` of the sdk. */
export interface ServedTables {
  /** In which all of them stand, under their names. */
  readonly schema: string
  /** Begins a named step. Gives what it gave, as JSON, where it was committed already. */
  begin(name: string): Promise<{ readonly value: string } | undefined>
  commit(value: string): Promise<void>
  /** Undoes what the step under way made. */
  abandon(): Promise<void>
  /** Gives how many rows the table has. */
  create(name: string, from: string | readonly Column[]): Promise<number>
  append(name: string, batch: RecordBatch): Promise<void>
  drop(name: string): Promise<void>
  rows(select: string): Promise<readonly JsonRow[]>
  batches(select: string, batchRows: number | undefined): Promise<AsyncIterable<RecordBatch>>
}

/** What a program is given beside its task. */
export interface ProgramHost {
  readonly tables: ServedTables
  readonly note: (text: string) => void
}

/** The statements that give the rows of a program's step and of its further outputs. */
export interface ProgramStatements {
  readonly select: string
  readonly outputs: Readonly<Record<string, string>>
}

/** Columns and rows of a batch on its way between threads. */
export interface SentBatch {
  readonly columns: readonly Column[]
  readonly message: BatchMessage
}

/** What the thread of a program asks for, one answer each. */
export type Ask =
  | { readonly ask: 'begin'; readonly name: string }
  | { readonly ask: 'commit'; readonly value: string }
  | { readonly ask: 'abandon' }
  | { readonly ask: 'create'; readonly name: string; readonly from: string | readonly Column[] }
  | { readonly ask: 'append'; readonly name: string; readonly batch: SentBatch }
  | { readonly ask: 'drop'; readonly name: string }
  | { readonly ask: 'rows'; readonly select: string }
  | { readonly ask: 'open'; readonly select: string; readonly batchRows: number | undefined }
  | { readonly ask: 'next' | 'close'; readonly stream: number }
  | { readonly ask: 'note'; readonly text: string }

export interface Asked {
  readonly id: number
  readonly ask: Ask
}

/** An error loses its class on the way between threads. */
export interface SentError {
  readonly code: string | undefined
  readonly message: string
  readonly hint: string | undefined
}

export type Answer = { readonly id: number } & ({ readonly value: unknown } | { readonly error: SentError })
