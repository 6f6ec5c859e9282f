import type { StepFacts } from '@sillage/journal'

/** What became of the rows of a run, up to what it published: what a delivery leaves out is not lost, and not among them. */
export interface Balance {
  readonly received: number
  readonly rejected: number
  readonly merged: number
  readonly filtered: number
}

export function balanceOf(steps: readonly StepFacts[]): Balance {
  const kept = steps.filter(({ plugin }) => !plugin.startsWith('activate/'))
  const sum = (of: (step: StepFacts) => number): number => kept.reduce((all, step) => all + of(step), 0)
  return {
    received: sum(({ rows_in, rows_out }) => (rows_in === null ? rows_out : 0)),
    rejected: sum(({ rejected }) => rejected),
    merged: sum(({ merged }) => merged),
    filtered: sum(({ filtered }) => filtered),
  }
}
