export type StepAction = 'run' | 'reuse' | 'resume' | 'skip'

/** The counts of a step. `rows_in` is null for sources. */
export interface StepCounts {
  readonly rows_in: number | null
  readonly rows_out: number
  readonly rejected: number
  readonly merged: number
  readonly filtered: number
}

/** What the last commit of a stage left in the working database. */
export interface CurrentStep extends StepCounts {
  readonly stage: string
  readonly fingerprint: string
  readonly run: string
  readonly seconds: number
}

export interface CheckRecord {
  readonly stage: string
  readonly check: string
  readonly status: 'pass' | 'warn' | 'fail'
  readonly severity: 'error' | 'warn'
  /** What was found: rows that break the check, or the figure that was held to a bound. */
  readonly found: number
}

export interface RejectRecord {
  readonly stage: string
  readonly code: string
  readonly column_name: string | null
  readonly message: string
  readonly rows: number
}

/** What a stage warned of when its rows were made. */
export interface WarningRecord {
  readonly stage: string
  readonly code: string
  readonly message: string
  readonly hint?: string
  readonly count?: number
}

/** What a step's fingerprint hashed when the step, or the one that computes it, was committed last; `parts` is JSON. */
export interface KnownParts {
  readonly stage: string
  readonly fingerprint: string
  readonly parts: string
}

/** Rows of a step's table that one run wrote, by position from 0; `fingerprint` is that of the step from then on. */
export interface RowRange {
  readonly stage: string
  readonly fingerprint: string
  readonly first_row: number
  readonly rows: number
  readonly run: string
}

/** How far a source was read that is read batch by batch. */
export interface KnownCursor {
  readonly stage: string
  /** What the cursor belongs to. */
  readonly asked: string
  /** JSON text of the last batch; null where none came. */
  readonly cursor: string | null
  /** Of the last batch that had rows. */
  readonly moved: string | null
  readonly rows: number
  readonly batches: number
  /** Sum of the hashes of the rows, as text. */
  readonly content: string
  /** Rows of people who asked to be forgotten, which are not among `rows`. */
  readonly kept_out: number
  /** Hash of who was kept out; null where nobody was. */
  readonly suppressed: string | null
}
