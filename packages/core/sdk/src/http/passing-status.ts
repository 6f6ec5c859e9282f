/** Statuses below 500 that may be others in a moment: a timeout, too early, too many requests. */
const passing: readonly number[] = [408, 425, 429]

/** True of an answer after which the same request may succeed later without anyone changing anything. */
export function isPassing(status: number): boolean {
  return passing.includes(status) || status >= 500
}
