import type { Step } from '@sillage/plan'

/** Views whose work is done in this step's statement, nearest source first. */
export function fusedSteps(
  step: Pick<Step, 'inputs'>,
  { steps }: { readonly steps: ReadonlyMap<string, Step> },
): readonly Step[] {
  const inputs = Object.values(step.inputs)
    .flat()
    .map((reference) => steps.get(reference.split('.')[0]!)!)
  const views = inputs.filter((input) => input.stored === undefined)
  return [...new Set(views.flatMap((view) => [...fusedSteps(view, { steps }), view]))]
}
