import { setTimeout as wait } from 'node:timers/promises'

/** The clock for waits; tests replace it. */
export interface Clock {
  /** Milliseconds since 1970. */
  readonly now: () => number
  /** Waits; throws the signal's reason early if it is aborted. */
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>
}

export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: async (ms, signal) => void (await wait(ms, undefined, { signal })),
}
