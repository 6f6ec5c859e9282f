import { setTimeout as wait } from 'node:timers/promises'

/** Time as whoever waits for a server has it; tests give one of their own. */
export interface Clock {
  /** Milliseconds since 1970. */
  readonly now: () => number
  /** Waits; ends early, with the signal's reason, where that is aborted. */
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>
}

export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: async (ms, signal) => void (await wait(ms, undefined, { signal })),
}
