import type { Column, JsonRow, Sql, SqlTag } from '@sillage/sql'
import type { RecordBatch, Vector } from 'apache-arrow'
import type { BatchMaker } from './batch-plugin.ts'
import type { CheckFacts, Common, Rows } from './common.ts'

/** Columns to append, by name: typed arrays if no value is null, otherwise vectors from `make`. All have the same length. */
export type Appended =
  | RecordBatch
  | Readonly<Record<string, Vector | Int32Array | BigInt64Array | Float64Array>>

/**
 * The tables of a program. They belong to the engine, which keeps those of each stage apart, counts their rows and removes them once the rows
 * of the stage are committed. Names consist of lower-case letters, digits and `_`, beginning with a letter.
 *
 * A table is written only in the checkpoint that creates it, and read after that, so a committed checkpoint never changes. Breaking a rule
 * throws `program_tables`, which names the rule; a failing statement throws `statement_failed`. Both end the run unless they are caught.
 */
export interface ProgramTables {
  /** A table as a relation to use in statements. */
  readonly of: (name: string) => Sql
  /**
   * A checkpoint. When `work` ends, the tables that it created and its result (plain JSON, or nothing) are committed under the name; if it
   * throws, they are discarded. The run after a killed one skips committed checkpoints and gets their results; a change of the plugin, its
   * configuration or its inputs starts from the beginning. One checkpoint at a time, and each name once in a run: `round 1`, `round 2`.
   */
  readonly step: <T>(name: string, work: () => Promise<T>) => Promise<T>
  /** Creates a table from a select, or an empty one from columns with DuckDB types. Returns its number of rows. */
  readonly create: (name: string, from: Sql | readonly Column[]) => Promise<number>
  /** Appends rows to a table. The columns are copied, so their buffers may be reused. */
  readonly append: (name: string, columns: Appended) => Promise<void>
  /** Removes a table: at once if this checkpoint created it, otherwise when this checkpoint is committed. */
  readonly drop: (name: string) => Promise<void>
  /** The rows of a select as JSON objects: for small results. Integers beyond 2^53 and decimals are text. */
  readonly rows: (select: Sql) => Promise<readonly JsonRow[]>
  /**
   * The rows of a select as Arrow batches whose columns are typed arrays (`batch.getChild('id').data[0].values`). The next batch is fetched
   * while the program works on the current one. Without `order by` they come in no order. Leaving the loop early ends the statement.
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
  /** Shows a message to whoever watches the run. Never a customer's value. */
  readonly note: (text: string) => void
}

/** The rows of the step and of its further outputs: selects over its tables and inputs, with the declared columns. */
export interface ProgramResult {
  readonly select: Sql
  readonly outputs?: Readonly<Record<string, Sql>>
}

/** Facts that determine the columns. */
export type ShapeFacts<C> = Omit<CheckFacts<C>, 'asOf'>

export interface ProgramPlugin<C = unknown> extends Common<C> {
  readonly style: 'program'
  /** What it does to the number of rows of the first input; with `group` its select also returns `_rows`. */
  readonly rows: Rows | ((config: C) => Rows)
  /** The output columns, with DuckDB types. Pure: the planner calls it, and the select of a run is checked against it (`plugin_output`). */
  readonly columns: (facts: ShapeFacts<C>) => readonly Column[]
  /** Names of further outputs, with what each is. */
  readonly outputs?: Readonly<Record<string, string>>
  /** Their columns, by name. */
  readonly outputColumns?: (facts: ShapeFacts<C>) => Readonly<Record<string, readonly Column[]>>
  /** True if `run` reads `asOf`: another date then reruns the step. */
  readonly readsAsOf?: boolean
  /**
   * Called once by a run, in a separate worker thread, when the step has to be computed; after a kill it is called again. Compute over many
   * rows in SQL or in columns. The thread is terminated when the run is interrupted, or when `limits.fit` passes between two calls of
   * `tables`. The same inputs must give the same rows: no clock, no randomness. An error ends the step as `plugin_failed`.
   */
  readonly run: (facts: ProgramFacts<C>) => Promise<ProgramResult | Sql>
}

/**
 * Work over whole relations that one statement cannot express: iteration until nothing changes, a graph. It runs SQL over its own tables, and
 * works on columns in a worker, with named checkpoints. Rarely needed: its step is always a table and always runs whole.
 */
export function defineProgram<C>(plugin: Omit<ProgramPlugin<C>, 'style'>): ProgramPlugin<C> {
  return Object.freeze({ style: 'program', ...plugin })
}
