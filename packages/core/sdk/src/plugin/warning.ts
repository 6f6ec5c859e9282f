import type { Sql } from '@sillage/sql'

/**
 * What a step did or found that is no fault and must not go unseen: a guess, a value that became null, a file without rows. It is told in the
 * terminal, in `--output json` and in the journal, so it names columns, files and counts, and never a value of a customer.
 */
export interface Warning {
  /** Stable word for programs: `file_empty`, `columns_renamed`. */
  readonly code: string
  readonly message: string
  /** What to do about it. */
  readonly hint?: string
  /** How many rows or values it is about; left out where nothing is counted. */
  readonly count?: number
}

/** A warning of which the rows of a step tell how often it came true; one that never did is not told. */
export interface CountedWarning extends Omit<Warning, 'count'> {
  /**
   * An aggregate over the accepted rows of the step, such as `count(*) filter (where _nulled > 0)`. It may read the reserved columns that
   * the step makes.
   */
  readonly count: Sql
}
