import { didYouMean, exitCode, SillageError } from '@sillage/base'
import type { Plan, Step } from '@sillage/plan'

/** The steps that run: all, or the selected ones with what they read. */
export function selectSteps(plan: Plan, select: readonly string[] | undefined): readonly Step[] {
  if (select === undefined) return plan.steps
  const byName = new Map(plan.steps.map((step) => [step.stage, step]))
  const wanted = new Set<string>()
  const add = (name: string): void => {
    const step = byName.get(name)
    if (!step)
      throw new SillageError({
        code: 'stage_unknown',
        message: `The pipeline has no stage "${name}"`,
        hint: didYouMean(name, byName.keys()),
        exit: exitCode.usage,
      })
    if (wanted.has(name)) return
    wanted.add(name)
    for (const reference of Object.values(step.inputs).flat()) add(reference.split('.')[0]!)
  }
  for (const name of select) add(name)
  return plan.steps.filter((step) => wanted.has(step.stage))
}
