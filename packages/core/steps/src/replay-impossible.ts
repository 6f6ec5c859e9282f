import { exitCode, SillageError } from '@sillage/base'
import type { Step } from '@sillage/plan'

/** Why the refused rows of a step cannot be sent through its rules again. */
export function replayImpossible({ stage }: Pick<Step, 'stage'>, why: string): SillageError {
  return new SillageError({
    code: 'replay_impossible',
    message: `The refused rows of "${stage}" cannot be replayed: ${why}`,
    hint: `sillage run --full-refresh runs all rows through`,
    exit: exitCode.failed,
    facts: { stage },
  })
}
