import type { Column } from '@sillage/sql'
import type { RecordBatch, Vector } from 'apache-arrow'
import type { CheckFacts, Common, RejectRule, Rows } from './common.ts'
import type { CountedWarning } from './warning.ts'

/** A value as `make.column` takes it; null and undefined are null. */
export type Cell = string | number | bigint | boolean | Date | Uint8Array | null | undefined

/** Makes Arrow vectors and batches. Arrays have one element a row; null and undefined are null. */
export interface BatchMaker {
  readonly text: (values: readonly (string | null | undefined)[]) => Vector
  readonly integer: (values: ArrayLike<number | bigint | null | undefined>) => Vector
  readonly double: (values: ArrayLike<number | null | undefined>) => Vector
  readonly boolean: (values: readonly (boolean | null | undefined)[]) => Vector
  /**
   * A column of any DuckDB type that a batch can carry, by the name that `describe` prints. Nothing is rounded or truncated: a cell that the
   * type cannot hold exactly throws a RangeError with its row. Cells by type:
   * - whole numbers: numbers or bigints; decimals: these, or texts such as `-12.50`
   * - DATE: a text `2026-01-31`, a Date (its day in UTC) or the days since 1970
   * - TIME: a text `09:30:00.5` or units since midnight
   * - TIMESTAMP: a text `2026-01-31T09:30:00`, a Date (in UTC) or units since 1970; with a time zone the text ends in `Z` or `+02:00`
   * - BLOB: bytes; ENUM: one of its texts
   */
  readonly column: (type: string, cells: readonly Cell[]) => Vector
  readonly batch: (columns: Readonly<Record<string, Vector>>) => RecordBatch
}

export interface BatchFacts<C, S> {
  /** The columns that `reads` names, in that order. With a `key`, all rows of each of its values are in one batch, next to each other. */
  readonly batch: RecordBatch
  readonly config: C
  readonly state: S
  readonly make: BatchMaker
  /** The texts of a column of the batch (VARCHAR or ENUM), with nulls: faster than reading it row by row. */
  readonly texts: (column: string) => (string | null)[]
  /** Aborted when the run is interrupted or the batch exceeds its time limit. Pass it to whatever waits: the thread is terminated next. */
  readonly signal: AbortSignal
  /** Shows a message to whoever watches the run. Never a customer's value. */
  readonly note: (text: string) => void
}

/** Facts that determine the columns of a batch step. */
export interface BatchShape<C> extends Omit<CheckFacts<C>, 'asOf' | 'connection'> {}

/** The result of `batch`: rows, or rows and those of the further outputs, by name. An omitted output gets no rows from this batch. */
export type BatchResult =
  | RecordBatch
  | { readonly rows: RecordBatch; readonly outputs?: Readonly<Record<string, RecordBatch>> }

type RowsSeen = 'by_row' | 'by_key'

/** How the engine sends batches. The engine chooses omitted values. */
export interface BatchLimits {
  /** Rows of a batch; with a `key` the batch ends after the group that reaches this number. */
  readonly batchRows?: number
  /** Time limit of one batch in milliseconds, if it may take longer than the default. */
  readonly batchMs?: number
  /** The most batches processed at the same time, for a system that bears no more. */
  readonly atOnce?: number
}

/**
 * Work over Arrow batches in worker threads. Unless `rows` is `same`, the result says which rows of the batch its rows come from:
 * - `filter`, `merge`: a column `_from` of whole numbers, the row of the batch that each is, counted from 0, ascending, each at most once
 * - `expand`: `_from` ascending, repeated for each row that comes from it
 * - `group`: `_rows`, how many rows of the batch each combines; the output has the columns of `output` and no others
 *
 * `merge` and `group` require a `key`.
 */
export interface BatchPlugin<C = unknown, S = unknown> extends Common<C> {
  readonly style: 'batch'
  readonly rows: Rows | ((config: C) => Rows)
  /** What an output row depends on: one row of the first input, or its rows with the same key. Other inputs may be read as well. */
  readonly incremental: RowsSeen | ((config: C) => RowsSeen)
  /** For `by_key`: columns of the first input. Within a batch, rows of a key keep their input order. */
  readonly key?: (config: C) => readonly string[]
  /** The columns of the first input that are sent to the worker; where there are none, the first column, for the number of rows. */
  readonly reads: (facts: BatchShape<C>) => readonly string[]
  /** The columns of the other inputs that `open` gets, by role. All their rows must fit into the memory of a worker. */
  readonly readsBeside?: (facts: BatchShape<C>) => Readonly<Record<string, readonly string[]>>
  /**
   * The columns that the step makes. A column with the name of an input column replaces it in place; the others follow. Columns whose name
   * begins with an underscore stay in the step's table: its warnings may count them, and later steps do not see them.
   */
  readonly output: (facts: BatchShape<C>) => readonly Column[]
  /** Names of further outputs, with what each is. */
  readonly outputs?: Readonly<Record<string, string>>
  /** Their columns, by name. */
  readonly outputColumns?: (facts: BatchShape<C>) => Readonly<Record<string, readonly Column[]>>
  /** Columns of the input that the step drops. */
  readonly drops?: (facts: { readonly config: C }) => readonly string[]
  /** Rules for the bits of the column `_reject` that `batch` may return. */
  readonly rejects?: (facts: { readonly config: C }) => readonly RejectRule[]
  /** What the step guesses or leaves null, counted over the columns that it makes. */
  readonly warnings?: (facts: {
    readonly config: C
    readonly columns: readonly Column[]
  }) => readonly CountedWarning[]
  readonly limits?: (config: C) => BatchLimits
  /** Called once per worker, to prepare tables and parsers. `inputs` has what `readsBeside` names, each as one batch. */
  readonly open?: (facts: {
    readonly config: C
    readonly inputs: Readonly<Record<string, RecordBatch>>
  }) => Promise<S> | S
  /**
   * The same rows must give the same result, directly or as a promise. Returns the columns of `output`, and `_reject` if rules are declared;
   * rows in input order. Secrets in `config` are resolved. A worker has one batch at a time. An error with `retryable: true` is retried.
   */
  readonly batch: (facts: BatchFacts<C, S>) => BatchResult | Promise<BatchResult>
}

/** A step over Arrow record batches in worker threads, for what SQL cannot say. */
export function defineBatch<C, S = undefined>(plugin: Omit<BatchPlugin<C, S>, 'style'>): BatchPlugin<C, S> {
  return Object.freeze({ style: 'batch', ...plugin })
}
