import type { RunPaths } from '@sillage/ledger'
import type { Plan, Step } from '@sillage/plan'
import type { State } from '@sillage/state'
import type { Tally, Working } from '@sillage/steps'
import type { RunOptions } from './options.ts'
import type { Told } from './told.ts'

/** One run of a plan, while it goes on. */
export interface Run {
  readonly id: string
  readonly plan: Plan
  readonly steps: ReadonlyMap<string, Step>
  readonly options: RunOptions
  readonly working: Working
  readonly told: Told
  readonly tally: Tally
  readonly files: RunFiles
}

/** Where a run keeps its things, and what cannot be computed again. */
export interface RunFiles {
  readonly paths: RunPaths
  readonly state: State
}
