import type { RunDay } from '@sillage/journal'

/** "as of 2026-11-29 (today in Europe/Paris)"; '' where a pipeline has no as-of date. */
export function dayText({ as_of, as_of_source: source, time_zone }: RunDay): string {
  if (as_of === null) return ''
  const why = source === 'file' ? '' : source === 'given' ? ' (--as-of)' : ` (${source} in ${time_zone})`
  return `as of ${as_of}${why}`
}
