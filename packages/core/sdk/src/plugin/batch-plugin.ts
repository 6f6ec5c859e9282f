import type { Column } from '@sillage/sql'
import type { RecordBatch, Vector } from 'apache-arrow'
import type { Common, RejectRule } from './common.ts'
import type { CountedWarning } from './warning.ts'

/** Makes Arrow vectors and batches. Arrays have one element a row; null and undefined are null. */
export interface BatchMaker {
  readonly text: (values: readonly (string | null | undefined)[]) => Vector
  readonly integer: (values: ArrayLike<number | bigint | null | undefined>) => Vector
  readonly double: (values: ArrayLike<number | null | undefined>) => Vector
  readonly boolean: (values: readonly (boolean | null | undefined)[]) => Vector
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
  /** Pure and synchronous; as many rows out as in, in order; columns as `output` says, and `_reject` where rules are declared. */
  readonly batch: (facts: BatchFacts<C, S>) => RecordBatch
}
