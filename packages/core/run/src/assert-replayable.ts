import { didYouMean, exitCode, SillageError } from '@sillage/base'
import type { Known } from '@sillage/ledger'
import type { Plan } from '@sillage/plan'

/** A replay needs a stage that refused rows, and something that changed since: else they would be refused again. Gives how many were refused. */
export function assertReplayable(
  replay: string | undefined,
  { plan, known }: { readonly plan: Pick<Plan, 'steps'>; readonly known: Known },
): number {
  if (replay === undefined) return 0
  const step = plan.steps.find((one) => one.stage === replay)
  const before = known.steps.get(replay)
  const problem = (message: string, hint?: string): SillageError =>
    new SillageError({ code: 'replay_impossible', message, hint, exit: exitCode.failed })
  if (!step)
    throw new SillageError({
      code: 'stage_unknown',
      message: `The pipeline has no stage "${replay}"`,
      hint: didYouMean(
        replay,
        plan.steps.map((one) => one.stage),
      ),
      exit: exitCode.usage,
    })
  if (!before) throw problem(`"${replay}" never ran`, 'sillage run')
  if (before.rejected === 0) throw problem(`"${replay}" refused no rows`, 'there is nothing to replay')
  if (before.fingerprint === step.fingerprint)
    throw problem(
      `Neither the rules of "${replay}" nor what it reads changed since it refused ${before.rejected} rows`,
      'fix a rule or the source, then replay',
    )
  return before.rejected
}
