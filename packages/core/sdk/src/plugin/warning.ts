import type { Sql } from '@sillage/sql'

/**
 * What is not an error but should be known: a guess, a value that became null, a file without rows. It is reported in the terminal, in
 * `--output json` and in the journal, so it names columns, files and counts, and never a customer's value.
 */
export interface Warning {
  /** Stable word for programs: `file_empty`, `columns_renamed`. */
  readonly code: string
  readonly message: string
  /** What to do about it. */
  readonly hint?: string
  /** How many rows or values it concerns; absent if nothing is counted. */
  readonly count?: number
}

/** A warning with a count over the rows of a step; with the count 0 it is not reported. */
export interface CountedWarning extends Omit<Warning, 'count'> {
  /**
   * An aggregate over the accepted rows of the step, such as `count(*) filter (where _nulled > 0)`. It may read the reserved columns that
   * the step makes.
   */
  readonly count: Sql
}
