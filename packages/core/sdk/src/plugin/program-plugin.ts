import type { Column, JsonRow, Sql, SqlTag } from '@sillage/sql'
import type { RecordBatch, Vector } from 'apache-arrow'
import type { BatchMaker } from './batch-plugin.ts'
import type { CheckFacts, Common, Rows } from './common.ts'

/** Columns to append, by name: typed arrays where no value is null, else vectors that `make` gave. All have as many rows. */
export type Appended =
  | RecordBatch
  | Readonly<Record<string, Vector | Int32Array | BigInt64Array | Float64Array>>

/**
 * The tables of a program. They belong to the engine, which keeps those of each step of a pipeline apart, counts their rows and removes them once
 * the rows of the step are committed. Names are of small letters, digits and `_`, beginning with a letter.
 *
 * A table is written in the named step that makes it, and read behind it: so a step that was committed stays as it was. Breaking a rule
 * throws `program_tables`, which says which; a statement that fails throws `statement_failed`; both end the run unless they are caught.
 */
export interface ProgramTables {
  /** A table as a relation of statements. */
  readonly of: (name: string) => Sql
  /**
   * A checkpoint. The tables that `work` makes, and what it gives (plain JSON, or nothing), are committed with the name when it ends; where it throws they are
   * gone. A run that goes on after one that was killed skips the steps that were committed and gets what they gave; a change of the plugin, its
   * configuration or its inputs begins anew. One step at a time, and each name once in a run: `round 1`, `round 2`.
   */
  readonly step: <T>(name: string, work: () => Promise<T>) => Promise<T>
  /** Makes a table of a select, or an empty one of columns with DuckDB's types. Gives how many rows it has. */
  readonly create: (name: string, from: Sql | readonly Column[]) => Promise<number>
  /** Adds rows behind those that are there. The columns are copied: they may be used again. */
  readonly append: (name: string, columns: Appended) => Promise<void>
  /** Removes a table: at once where this step made it, else when this step is committed. */
  readonly drop: (name: string) => Promise<void>
  /** The rows of a select as JSON objects: for small results. Integers past 2^53 and decimals are text. */
  readonly rows: (select: Sql) => Promise<readonly JsonRow[]>
  /**
   * The rows of a select as Arrow batches whose columns are typed arrays (`batch.getChild('id').data[0].values`), the next one on its way while
   * the program works on one. Without `order by` they come in no order. Leaving early ends the statement.
   */
  readonly batches: (select: Sql, options?: { readonly batchRows?: number }) => AsyncIterable<RecordBatch>
}

/** What a program is handed when it runs. */
export interface ProgramFacts<C> {
  /** The inputs as relations, by role. */
  readonly inputs: Readonly<Record<string, Sql>>
  readonly columns: Readonly<Record<string, readonly Column[]>>
  readonly config: C
  readonly tables: ProgramTables
  readonly sql: SqlTag
  /** A user's expression of the configuration, checked by the planner, in parentheses, with `as_of` bound. */
  readonly expression: (text: string) => Sql
  /** Throws unless the plugin says `readsAsOf`. */
  readonly asOf: string
  readonly make: BatchMaker
  /** Tells whoever watches the run. Never a value of a customer. */
  readonly note: (text: string) => void
}

/** The rows of the step and of its further outputs: selects over its tables and its inputs, with the columns that it declares. */
export interface ProgramResult {
  readonly select: Sql
  readonly outputs?: Readonly<Record<string, Sql>>
}

/** Facts from which the columns follow. */
export type ShapeFacts<C> = Omit<CheckFacts<C>, 'asOf'>

export interface ProgramPlugin<C = unknown> extends Common<C> {
  readonly style: 'program'
  /** What it does to the number of rows of the first input; with `group` its select gives `_rows` beside the columns. */
  readonly rows: Rows | ((config: C) => Rows)
  /** The columns that leave, with DuckDB's types. Pure: the planner asks, and the select of a run is held to it (`plugin_output`). */
  readonly columns: (facts: ShapeFacts<C>) => readonly Column[]
  /** Names of further outputs, with what each is. */
  readonly outputs?: Readonly<Record<string, string>>
  /** Their columns, by name. */
  readonly outputColumns?: (facts: ShapeFacts<C>) => Readonly<Record<string, readonly Column[]>>
  /** True where `run` reads `asOf`: another date makes the step anew then. */
  readonly readsAsOf?: boolean
  /**
   * Called by a run, in a worker thread, once for a step that is to be made: after a kill again. What it computes over many rows it says in SQL,
   * or does in columns; the thread is its own, and is ended with whatever it does when the run is interrupted or `limits.fit` passes
   * between two calls of `tables`. Same inputs, same rows: no clock, no chance. What it throws ends the step as `plugin_failed`.
   */
  readonly run: (facts: ProgramFacts<C>) => Promise<ProgramResult | Sql>
}

/**
 * Work over whole relations of which one statement is not enough: rounds until nothing changes, a graph. SQL over tables of its own, and columns in
 * a worker, with checkpoints by name. Rare on purpose: its step is always a table and is always made whole.
 */
export function defineProgram<C>(plugin: Omit<ProgramPlugin<C>, 'style'>): ProgramPlugin<C> {
  return Object.freeze({ style: 'program', ...plugin })
}
