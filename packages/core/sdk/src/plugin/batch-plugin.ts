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
   * A column of any type of DuckDB that a batch can carry, by the name that `describe` prints. Nothing is rounded or cut: a cell that the type
   * does not hold exactly is a RangeError with its row. Whole numbers are numbers or bigints; decimals these or texts such as `-12.50`;
   * DATE a text `2026-01-31`, a Date (its day in UTC) or the days since 1970; TIME a text `09:30:00.5` or units since midnight; TIMESTAMP a
   * text `2026-01-31T09:30:00`, a Date (in UTC) or units since 1970, and with a time zone the text ends in `Z` or `+02:00`; BLOB bytes; an
   * ENUM one of its texts.
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
  /** The texts of a column of the batch (VARCHAR or ENUM), null where there is none: faster than asking it row by row. */
  readonly texts: (column: string) => (string | null)[]
  /** Aborted where the run is interrupted or the batch took its time: who waits for others ends by it, since its thread is ended next. */
  readonly signal: AbortSignal
  /** Tells whoever watches the run. Never a value of a customer. */
  readonly note: (text: string) => void
}

/** Facts from which a batch step's columns follow. */
export interface BatchShape<C> extends Omit<CheckFacts<C>, 'asOf' | 'connection'> {}

/** What `batch` gives: its rows; or rows and those of the further outputs, by name. An output that is left out has no rows of this batch. */
export type BatchResult =
  | RecordBatch
  | { readonly rows: RecordBatch; readonly outputs?: Readonly<Record<string, RecordBatch>> }

type RowsSeen = 'by_row' | 'by_key'

/** How the engine sends batches. What is left out is the engine's to choose. */
export interface BatchLimits {
  /** Rows of a batch; with a `key` it ends behind the group in which it has so many. */
  readonly batchRows?: number
  /** Milliseconds of one batch, where it may take longer than others do. */
  readonly batchMs?: number
  /** Batches that are worked on at once, where whom it asks bears no more. */
  readonly atOnce?: number
}

/**
 * Work over Arrow batches in worker threads. The rows of a result say where they come from, unless as many leave as came (`same`):
 * - `filter`, `merge`: a column `_from` of whole numbers, the row of the batch that each is, counted from 0, ascending, each at most once
 * - `expand`: `_from` ascending, as often as rows come from it
 * - `group`: `_rows`, how many rows of the batch became each; what leaves has the columns of `output` and no others
 *
 * `merge` and `group` want a `key`.
 */
export interface BatchPlugin<C = unknown, S = unknown> extends Common<C> {
  readonly style: 'batch'
  readonly rows: Rows | ((config: C) => Rows)
  /** What a row that leaves depends on: one row of the first input, or the rows of it with the same key. Other inputs may be read as well. */
  readonly incremental: RowsSeen | ((config: C) => RowsSeen)
  /** For `by_key`: columns of the first input. Rows of a key stand in a batch in the order in which they came. */
  readonly key?: (config: C) => readonly string[]
  /** The columns of the first input that travel to the worker. */
  readonly reads: (facts: BatchShape<C>) => readonly string[]
  /** The columns of the other inputs that `open` gets, by role: all rows of them, which must fit into the memory of a worker. */
  readonly readsBeside?: (facts: BatchShape<C>) => Readonly<Record<string, readonly string[]>>
  /**
   * The columns that the step makes; one of the input's name replaces it in place, the rest follow. Those whose name begins with an underscore
   * stay in the step's table: its warnings count them, and no step behind sees them.
   */
  readonly output: (facts: BatchShape<C>) => readonly Column[]
  /** Names of further outputs, with what each is. */
  readonly outputs?: Readonly<Record<string, string>>
  /** Their columns, by name. */
  readonly outputColumns?: (facts: BatchShape<C>) => Readonly<Record<string, readonly Column[]>>
  /** Columns of the input that do not leave the step. */
  readonly drops?: (facts: { readonly config: C }) => readonly string[]
  /** Rules for the bits of the column `_reject` that `batch` may return. */
  readonly rejects?: (facts: { readonly config: C }) => readonly RejectRule[]
  /** What the step guesses or leaves null, counted over the columns that it makes. */
  readonly warnings?: (facts: {
    readonly config: C
    readonly columns: readonly Column[]
  }) => readonly CountedWarning[]
  readonly limits?: (config: C) => BatchLimits
  /** Once a worker: tables, parsers. `inputs` has what `readsBeside` names, each as one batch. */
  readonly open?: (facts: {
    readonly config: C
    readonly inputs: Readonly<Record<string, RecordBatch>>
  }) => Promise<S> | S
  /**
   * Same rows, same result; at once or as a promise. Columns as `output` says, and `_reject` where rules are declared; rows in the order of
   * those that came. Secrets of `config` are in their places. A worker has one batch at a time. What is thrown with `retryable: true` is tried again.
   */
  readonly batch: (facts: BatchFacts<C, S>) => BatchResult | Promise<BatchResult>
}

/** A step over Arrow record batches in worker threads, for what SQL cannot say. */
export function defineBatch<C, S = undefined>(plugin: Omit<BatchPlugin<C, S>, 'style'>): BatchPlugin<C, S> {
  return Object.freeze({ style: 'batch', ...plugin })
}
