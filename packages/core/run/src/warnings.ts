import type { Step } from '@sillage/plan'
import type { Run } from './run.ts'

/** Tells what is known of a step from its plan, and what was recorded when its rows were made, in this run or in an earlier one. */
export async function tellWarnings(
  { stage, stored, warnings = [] }: Pick<Step, 'stage' | 'stored' | 'warnings'>,
  { told, working }: Pick<Run, 'told' | 'working'>,
): Promise<void> {
  for (const { counts, ...warning } of warnings) if (counts === undefined) told.warn({ stage, ...warning })
  if (stored === undefined) return
  for (const warning of await working.ledger.warningsOf(stage)) told.warn(warning)
}
