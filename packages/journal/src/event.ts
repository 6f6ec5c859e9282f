/** Counts of a step, as the journal tells them. */
export interface StepFacts {
  readonly stage: string
  readonly plugin: string
  readonly action: 'run' | 'reuse' | 'resume' | 'skip'
  readonly rows_in: number | null
  readonly rows_out: number
  readonly rejected: number
  readonly merged: number
  readonly filtered: number
  readonly seconds: number
}

export interface CheckFacts {
  readonly stage: string
  readonly check: string
  readonly status: 'pass' | 'warn' | 'fail'
  readonly severity: 'error' | 'warn'
  readonly found: number
}

/** What a stage has to say that is no fault. */
export interface WarningFacts {
  readonly stage: string
  readonly code: string
  readonly message: string
  readonly hint?: string
  readonly count?: number
}

/** What happened in a run. Counts, names and reasons; never a value of a customer. */
export type RunEvent =
  | {
      readonly event: 'run_started'
      readonly run: string
      readonly pipeline: string
      readonly pid: number
      readonly command: string
      readonly stages: readonly string[]
      /** False where only a part of the pipeline runs, or nothing is published. */
      readonly whole?: boolean
    }
  | { readonly event: 'step_started'; readonly stage: string; readonly plugin: string }
  | { readonly event: 'step_progress'; readonly stage: string; readonly rows: number }
  | ({ readonly event: 'step_finished' } & StepFacts)
  | ({ readonly event: 'check_finished' } & CheckFacts)
  | ({ readonly event: 'warning' } & WarningFacts)
  | { readonly event: 'published'; readonly mart: string; readonly tables: Readonly<Record<string, number>> }
  | { readonly event: 'not_sent'; readonly stage: string; readonly rows: number; readonly reason: string }
  /** Readers see an older version again; `from` is null where the link was deleted. */
  | {
      readonly event: 'rolled_back'
      readonly mart: string
      readonly from: string | null
      readonly to: string
    }
  /** A run left the link at the version that it was rolled back to. */
  | { readonly event: 'held_back'; readonly mart: string; readonly version: string }
  | {
      readonly event: 'delivered'
      readonly stage: string
      readonly destination: string
      readonly rows: number
    }
  | {
      readonly event: 'run_finished'
      readonly status: 'succeeded' | 'failed' | 'interrupted' | 'cancelled'
      readonly seconds: number
      readonly error?: {
        readonly code: string
        readonly message: string
        readonly stage?: string
        readonly hint?: string
      }
    }

/** An event as a line of the journal: numbered from 1, with its time (UTC, ISO). */
export type JournalLine = { readonly n: number; readonly at: string } & RunEvent
