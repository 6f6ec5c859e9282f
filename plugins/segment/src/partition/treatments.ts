import type { Problem } from '@sillage/sdk'

interface Treated {
  readonly name: string
  readonly treatment?: string
  readonly actions?: readonly string[]
}

/** Where one segment has a treatment, each has exactly one, with one or two actions; who is given up gets none. */
export function checkTreatments({
  rules,
  otherwise,
  unknown,
}: {
  readonly rules: readonly Treated[]
  readonly otherwise: Treated
  readonly unknown?: Treated | undefined
}): readonly Problem[] {
  const all = [
    ...rules.map((segment, index) => ({ segment, path: ['rules', index] })),
    { segment: otherwise, path: ['otherwise'] },
    ...(unknown ? [{ segment: unknown, path: ['otherwise_unknown'] }] : []),
  ]
  if (all.every(({ segment }) => segment.treatment === undefined && segment.actions === undefined)) return []
  return all.flatMap(({ segment, path }) => {
    const found = checkOne(segment)
    return found ? [{ path, ...found }] : []
  })
}

function checkOne({ name, treatment, actions = [] }: Treated): Omit<Problem, 'path'> | undefined {
  if (treatment === undefined) {
    return {
      code: 'no_treatment',
      message: `"${name}" has no treatment, other segments have one`,
      hint: 'give each segment exactly one treatment',
    }
  }
  if (treatment === 'abandonner') {
    if (actions.length === 0) return undefined
    return {
      code: 'action_on_abandoned',
      message: `"${name}" is given up but has an action`,
      hint: 'remove its actions, or choose another treatment',
    }
  }
  if (actions.length === 1 || actions.length === 2) return undefined
  return {
    code: 'wrong_number_of_actions',
    message: `"${name}" has ${actions.length} actions`,
    hint: 'a segment has one or two actions',
  }
}
