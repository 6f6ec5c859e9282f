import type { SourceStep } from '@sillage/plan'
import { justThis, type StepStyle } from './style.ts'

/** Files that the engine reads by itself: what was refused or kept out is no row of theirs that went on. */
export const sourceStyle: StepStyle<SourceStep> = {
  worksInWorkers: false,
  prepare: async (step) => justThis({ kind: 'scan', step }),
  account: async ({ made }) => ({
    rows_in: null,
    rows_out: made.accepted,
    rejected: made.refused,
    merged: 0,
    filtered: made.keptOut,
  }),
}
