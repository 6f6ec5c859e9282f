import type { CurrentStep, Making, StepCounts, WarningRecord } from '@sillage/ledger'
import type { LazyPool } from '@sillage/workers'
import type { MadeRows, StoredStep, Work } from './engine.ts'
import type { Tally } from './tally.ts'

/** How the steps of one style are made. */
export interface StepStyle<S extends StoredStep> {
  /** True where it runs code of plugins, which wants memory beside that of the engine. */
  readonly worksInWorkers: boolean
  /** What is to be done with the rows. */
  readonly prepare: (step: S, hands: Hands) => Promise<Prepared>
  /** The counts of what was made, held to the law of conservation. Throws `rows_lost`. */
  readonly account: (facts: AccountFacts<S>) => Promise<StepCounts>
}

/** What the code of plugins runs with. */
export interface Hands {
  readonly pool: LazyPool
  readonly secret: (name: string) => string
  /** Tells whoever watches the run. */
  readonly note: (stage: string, text: string) => void
  readonly signal: AbortSignal
}

export interface Prepared {
  readonly work: Work
  /** What the step warns of once it is made, beside what is counted over its rows. */
  readonly warnings: () => readonly WarningRecord[]
}

export interface AccountFacts<S extends StoredStep> {
  readonly step: S
  readonly how: Making
  readonly made: MadeRows
  readonly before: CurrentStep | undefined
  readonly tally: Tally
}

/** Work that warns of nothing by itself. */
export function justThis(work: Work): Prepared {
  return { work, warnings: () => [] }
}
