import type { Column } from '@sillage/sql'
import type { RecordBatch, Vector } from 'apache-arrow'
import type { Common, RejectRule } from './common.ts'
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
  /** The columns that `reads` names, in that order. */
  readonly batch: RecordBatch
  readonly config: C
  readonly state: S
  readonly make: BatchMaker
}

export interface BatchPlugin<C = unknown, S = unknown> extends Common<C> {
  readonly style: 'batch'
  readonly rows: 'same'
  readonly incremental: 'by_row'
  /** The columns of the input that travel to the worker. */
  readonly reads: (facts: { readonly config: C; readonly columns: readonly Column[] }) => readonly string[]
  /**
   * The columns that the step makes; one of the input's name replaces it in place, the rest follow. Those whose name begins with an underscore
   * stay in the step's table: its warnings count them, and no step behind sees them.
   */
  readonly output: (facts: { readonly config: C; readonly columns: readonly Column[] }) => readonly Column[]
  /** Columns of the input that do not leave the step. */
  readonly drops?: (facts: { readonly config: C }) => readonly string[]
  /** Rules for the bits of the column `_reject` that `batch` may return. */
  readonly rejects?: (facts: { readonly config: C }) => readonly RejectRule[]
  /** What the step guesses or leaves null, counted over the columns that it makes. */
  readonly warnings?: (facts: {
    readonly config: C
    readonly columns: readonly Column[]
  }) => readonly CountedWarning[]
  /** Once a worker: tables, parsers. */
  readonly open?: (facts: { readonly config: C }) => Promise<S> | S
  /**
   * Pure, at once or as a promise; as many rows out as in, in order; columns as `output` says, and `_reject` where rules are declared. A worker
   * has one batch at a time.
   */
  readonly batch: (facts: BatchFacts<C, S>) => RecordBatch | Promise<RecordBatch>
}

/** A step over Arrow record batches in worker threads, for what SQL cannot say. */
export function defineBatch<C, S = undefined>(plugin: Omit<BatchPlugin<C, S>, 'style'>): BatchPlugin<C, S> {
  return Object.freeze({ style: 'batch', ...plugin })
}
