import type { Plan } from './plan.ts'

/** What a plan takes for "today", in the words of journals and results. */
export function dayOfPlan({ asOf, asOfSource, timeZone }: Pick<Plan, 'asOf' | 'asOfSource' | 'timeZone'>): {
  /** ISO date; null where the pipeline has none. */
  readonly as_of: string | null
  readonly as_of_source: Plan['asOfSource']
  readonly time_zone: string
} {
  return { as_of: asOf ?? null, as_of_source: asOfSource, time_zone: timeZone }
}
