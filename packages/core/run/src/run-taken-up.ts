import { lastRuns } from '@sillage/journal'

/** The last run, where it was killed or interrupted as of another day: its steps that read the day run again. */
export function runTakenUp(
  journals: string,
  { asOf, before }: { readonly asOf: string | null; readonly before: string },
): { readonly takes_up?: { readonly run: string; readonly as_of: string | null } } {
  const last = lastRuns(journals, 20).find(({ run, whole }) => whole && run < before)
  if (last?.as_of === undefined || last.as_of === asOf) return {}
  return last.status === 'interrupted' || last.status === 'running'
    ? { takes_up: { run: last.run, as_of: last.as_of } }
    : {}
}
