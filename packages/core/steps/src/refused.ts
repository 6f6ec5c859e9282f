import { exitCode, SillageError } from '@sillage/base'
import type { StepCounts } from '@sillage/ledger'
import type { Step } from '@sillage/plan'

/** Holds a step to `on_reject: fail`, whether its rows were made now or in an earlier run. Throws `rows_refused`. */
export function assertNoneRefused(
  step: Pick<Step, 'stage' | 'onReject'>,
  { rejected }: Pick<StepCounts, 'rejected'>,
): void {
  if (step.onReject !== 'fail' || rejected === 0) return
  throw new SillageError({
    code: 'rows_refused',
    message: `"${step.stage}" refused ${rejected} rows and says on_reject: fail`,
    hint: `correct the rows or the rules; with on_reject: quarantine they are kept in reject.${step.stage}`,
    exit: exitCode.tooManyRejects,
    facts: { stage: step.stage, rejected },
  })
}
