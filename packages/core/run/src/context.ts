import type { Database, Session } from '@sillage/duckdb'
import type { RunEvent, StepFacts, WarningFacts } from '@sillage/journal'
import type { CheckRecord, CurrentStep, KnownParts, RunPaths } from '@sillage/ledger'
import type { Plan, Step } from '@sillage/plan'
import type { State } from '@sillage/state'
import type { Budget, LazyPool } from '@sillage/workers'
import type { DeliveryResult, RunOptions } from './options.ts'

/** What the parts of one run share. */
export interface RunContext {
  readonly options: RunOptions
  readonly plan: Plan
  readonly run: string
  readonly paths: RunPaths
  readonly budget: Budget
  readonly database: Database
  /** The session on which steps are written; its statements run one after the other. */
  readonly session: Session
  readonly pool: LazyPool
  /** What earlier runs left, by stage. */
  readonly known: ReadonlyMap<string, CurrentStep>
  /** What their fingerprints hashed, by stage; of views that were computed in a stored step too. */
  readonly parts: ReadonlyMap<string, KnownParts>
  readonly steps: ReadonlyMap<string, Step>
  /** Stages in which the last run stood when it ended before its time. */
  readonly interrupted: ReadonlySet<string>
  /** Of each source that this run read batch by batch: whether rows came, and when the reading began, as of `performance.now()`. */
  readonly pulled: ReadonlyMap<string, { readonly rowsCame: boolean; readonly started: number }>
  /** Rows of each relation that were counted, by reference. */
  readonly rows: Map<string, number>
  /** What cannot be computed again. */
  readonly state: State
  readonly journal: (event: RunEvent) => void
  readonly results: StepFacts[]
  readonly checks: CheckRecord[]
  readonly warnings: WarningFacts[]
  readonly deliveries: DeliveryResult[]
}
