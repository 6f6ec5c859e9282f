import type { DeliveryCounts, DeliveryFailure } from '@sillage/deliver'
import type { CatchUp, JournalLine, Replaces, RunDay, StepFacts, WarningFacts } from '@sillage/journal'
import type { CheckRecord } from '@sillage/ledger'
import type { Plan, Step } from '@sillage/plan'
import type { ReadContext } from '@sillage/sdk'
import type { Engine, Working } from '@sillage/steps'
import type { Limits } from '@sillage/workers'

/** How a plan is run. */
export interface RunOptions {
  readonly plan: Plan
  /** The command as typed, for the journal and for a second process that must wait. */
  readonly command: string
  readonly threads?: number | undefined
  readonly memoryBytes?: number | undefined
  /** What plugins may take in workers; left out: the defaults of `sillage.yaml`. */
  readonly limits?: Limits | undefined
  /** Only these stages and what they read; nothing is published or sent. */
  readonly select?: readonly string[] | undefined
  /** At most so many rows of each source, in a database of their own; nothing is published or sent. */
  readonly sample?: number | undefined
  /** What follows the steps in place of publishing and delivering: for a backfill, in a working store of its own. */
  readonly ending?: ((made: MadeSteps) => Promise<void>) | undefined
  /** Where steps are computed. */
  readonly engine: Engine
  /** All up to publishing; then says what would be published and sent. */
  readonly dryRun?: boolean | undefined
  /** A stage of which only the refused rows are sent through its rules again. */
  readonly replay?: string | undefined
  /** Runs every step, whatever is known. */
  readonly fullRefresh?: boolean | undefined
  /** Why no message is sent, such as "environment dev does not send"; absent where messages may leave. Files are written all the same. */
  readonly notSent?: string | undefined
  /** Stages whose mirrors may remove more than `max_removed` this once. */
  readonly allowRemovals?: readonly string[] | undefined
  /** Times of the schedule that were missed, and which this run makes up for. */
  readonly catchUp?: CatchUp | undefined
  readonly secret: (name: string) => string
  /** What was received under a name; absent where nothing may be asked for. */
  readonly received?: ReadContext['received'] | undefined
  readonly now: () => Date
  readonly onEvent: (event: ProgressEvent) => void
  /** Each line of the journal, once it is written. */
  readonly onLine?: ((line: JournalLine) => void) | undefined
  /** The journal of a run that was killed, once its end is written into it. */
  readonly onRepaired?: ((lines: readonly JournalLine[]) => void) | undefined
  readonly signal: AbortSignal
}

/** A run whose steps are made and checked. */
export interface MadeSteps {
  readonly id: string
  readonly steps: ReadonlyMap<string, Step>
  readonly working: Working
}

/** What a person watching sees. `fraction` is in [0, 1], or undefined where DuckDB cannot tell. */
export type ProgressEvent =
  | ({
      readonly kind: 'run_started'
      readonly takes_up?: { readonly run: string; readonly as_of: string | null }
      readonly catch_up?: CatchUp
      readonly replaces?: Replaces
    } & RunDay)
  | {
      readonly kind: 'step_started'
      readonly stage: string
      readonly plugin: string
      readonly fused: readonly string[]
    }
  | {
      readonly kind: 'step_progress'
      readonly stage: string
      readonly fraction?: number
      readonly rows?: number
    }
  /** What a source has to say. */
  | { readonly kind: 'note'; readonly stage: string; readonly text: string }
  /** What a step has to say that is no fault and must not go unseen. */
  | { readonly kind: 'warning'; readonly warning: WarningFacts }
  | { readonly kind: 'step_finished'; readonly step: StepFacts }
  | { readonly kind: 'check_finished'; readonly check: CheckRecord }
  | { readonly kind: 'published'; readonly mart: string }
  | { readonly kind: 'not_sent'; readonly stage: string; readonly rows: number; readonly reason: string }
  | { readonly kind: 'held_back'; readonly mart: string; readonly version: string }
  | {
      readonly kind: 'delivered'
      readonly stage: string
      readonly destination: string
      /** Accepted in this run. */
      readonly rows: number
      readonly known: number
      readonly refused: number
      readonly held: number
      readonly removed: number
    }
  /** `rows` stay here. */
  | ({
      readonly kind: 'delivery_failed'
      readonly stage: string
      readonly destination: string
      readonly rows: number
    } & DeliveryFailure)

/** What a dry run found. */
export interface Preview {
  readonly marts: readonly {
    readonly table: string
    readonly rows: number
    readonly published: number
    readonly enter: number
    readonly leave: number
  }[]
  readonly deliveries: readonly PreviewedDelivery[]
}

/** What a sink would do; the same numbers as a run tells where all is accepted. */
export interface PreviewedDelivery extends DeliveryCounts {
  readonly stage: string
  readonly destination: string
  /** Absolute paths of files. */
  readonly destinations: readonly string[]
  /** Messages of an earlier run that would go first. */
  readonly waiting: number
  /** Why nothing would leave. */
  readonly not_sent?: string
  readonly error?: DeliveryFailure
}

/** A run, as `run --output json` prints it. */
export interface RunResult {
  readonly run: RunDay & {
    readonly id: string
    readonly pipeline: string
    readonly status: 'succeeded' | 'failed' | 'interrupted'
    readonly seconds: number
    /** The run of other parameters whose mart this one replaces, or would. */
    readonly replaces?: Replaces
    /** Absolute path of the mart, or null where none was ever published. */
    readonly mart: string | null
    /** The version that readers see, where it was rolled back to and the pipeline did not change since. */
    readonly rolled_back_to?: string
    readonly steps: readonly StepFacts[]
    /** Of a replay: how many rows its stage had refused, and how many of them passed now. */
    readonly replay?: { readonly stage: string; readonly refused: number; readonly passed: number }
    readonly checks: readonly CheckRecord[]
    readonly warnings: readonly WarningFacts[]
    readonly deliveries: readonly DeliveryResult[]
    readonly preview?: Preview
    readonly error?: {
      readonly code: string
      readonly message: string
      readonly stage?: string
      readonly hint?: string
    }
  }
  readonly exit: number
}

/** What became of a sink: one a stage. */
export interface DeliveryResult extends DeliveryCounts {
  readonly stage: string
  readonly destination: string
  /** `known`: nothing was due; `not_sent`: the environment does not send. */
  readonly status: 'sent' | 'known' | 'failed' | 'not_sent'
  /** Why rows stay here. */
  readonly error?: DeliveryFailure
}
