import type { Known } from '@sillage/ledger'
import type { Step } from '@sillage/plan'
import { assertNoneRefused } from '@sillage/steps'
import type { Run } from './run.ts'
import { runChecks } from './run-checks.ts'
import { tellEnd } from './step-report.ts'
import { tellWarnings } from './warnings.ts'

/** Tells the counts of a view after the steps that read it: every row that it made was counted by its reader. */
export async function settleView(
  step: Step,
  { known, changed }: { readonly known: Known; readonly changed: ReadonlySet<string> },
  run: Run,
): Promise<void> {
  const { working, tally, told } = run
  const { stage, fingerprint, plugin, fusedInto: reader } = step
  const counted = await tally.of(stage)
  const rejected = mayBeUnread(step) ? await unreadOf(stage, run) : 0
  const action = reader !== undefined && !changed.has(reader) && known.steps.has(reader) ? 'reuse' : 'run'
  const rows_in = step.style === 'source' ? null : counted
  const counts = { rows_in, rows_out: counted, rejected, merged: 0, filtered: 0 }
  await working.ledger.recordStep({ ...counts, stage, fingerprint, run: run.id, plugin, action, seconds: 0 })
  tellEnd(step, { counts, action, seconds: 0 }, told)
  await tellWarnings(step, run)
  assertNoneRefused(step, counts)
  if (rejected > 0) await runChecks(step, counts, run)
}

function mayBeUnread(step: {
  readonly style: Step['style']
  readonly refused?: string | undefined
}): boolean {
  return step.style === 'source' && step.refused !== undefined
}

/** How many lines the scan could not read. */
async function unreadOf(stage: string, { working }: Pick<Run, 'working'>): Promise<number> {
  const rejects = await working.ledger.rejects()
  return rejects.reduce((sum, one) => sum + (one.stage === stage ? one.rows : 0), 0)
}
