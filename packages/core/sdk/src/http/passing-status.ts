/** Statuses below 500 that are temporary: a timeout, too early, too many requests. */
const passing: readonly number[] = [408, 425, 429]

/** True if the same request may succeed later without any change. */
export function isPassing(status: number): boolean {
  return passing.includes(status) || status >= 500
}
