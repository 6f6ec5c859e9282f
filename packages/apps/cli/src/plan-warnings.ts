import { type Diagnostic, diagnostic, ownCode } from '@sillage/base'
import type { Plan } from '@sillage/plan'
import type { OpenedPipeline } from './workspace.ts'

/** What the stages of a plan warn of before anything runs, each at the place of its stage. A run tells the same itself. */
export function planWarnings(plan: Plan | undefined, { locate }: OpenedPipeline): readonly Diagnostic[] {
  return (plan?.steps ?? []).flatMap(({ stage, warnings = [] }) =>
    warnings
      .filter(({ counts }) => counts === undefined)
      .map(({ code, message, hint }) =>
        diagnostic({
          code: ownCode(code),
          message: `"${stage}": ${message}`,
          span: locate.key(['stages', stage]),
          hint,
          severity: 'warning',
        }),
      ),
  )
}
