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
  /** Of a stage that delivers: what became of its rows. */
  readonly delivery?: DeliveryFacts
}

/** Rows of a delivery; `held` ones are due and still here. */
export interface DeliveryFacts {
  readonly due: number
  readonly sent: number
  readonly known: number
  readonly refused: number
  readonly held: number
  readonly removed: number
}

export interface CheckFacts {
  readonly stage: string
  readonly check: string
  readonly status: 'pass' | 'warn' | 'fail'
  readonly severity: 'error' | 'warn'
  readonly found: number
}

/** Which day a run took for "today". */
export interface RunDay {
  /** ISO date; null where the pipeline has none. */
  readonly as_of: string | null
  /** A word of the pipeline, `--as-of` (`given`), or a date in its file. */
  readonly as_of_source: 'today' | 'yesterday' | 'given' | 'file'
  readonly time_zone: string
}

/** Times of a schedule that were missed, and which one run makes up for. */
export interface CatchUp {
  readonly times: number
  /** The last of them; ISO, UTC. */
  readonly last: string
}

/** A hash of each parameter's value, by name. */
export type RunParams = Readonly<Record<string, string>>

/** The run whose mart is replaced though other parameters made it. */
export interface Replaces {
  readonly run: string
  /** The names of those that differ. */
  readonly params: readonly string[]
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
  | ({
      readonly event: 'run_started'
      readonly run: string
      readonly pipeline: string
      readonly pid: number
      readonly command: string
      readonly stages: readonly string[]
      /** False where only a part of the pipeline runs, or nothing is published. */
      readonly whole?: boolean
      /** The run that ended before its time as of another day, and whose finished steps this one goes on from. */
      readonly takes_up?: { readonly run: string; readonly as_of: string | null }
      readonly catch_up?: CatchUp
      /** Of the pipeline's parameters that are no dates. */
      readonly params?: RunParams
      readonly replaces?: Replaces
    } & Partial<RunDay>)
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
      /** Accepted in this run. */
      readonly rows: number
      readonly known?: number
      readonly refused?: number
      readonly held?: number
      readonly removed?: number
    }
  /** Why rows of a delivery stay here. */
  | {
      readonly event: 'delivery_failed'
      readonly stage: string
      readonly destination: string
      readonly rows: number
      readonly code: string
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
