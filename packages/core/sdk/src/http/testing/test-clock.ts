import type { Clock } from '../clock.ts'

/** A clock that stands still but for waits, which are over as soon as they are asked for. */
export class TestClock implements Clock {
  readonly waits: number[] = []
  #now: number

  constructor(now = Date.UTC(2026, 0, 1)) {
    this.#now = now
  }

  readonly now = (): number => this.#now

  readonly sleep = async (ms: number, signal?: AbortSignal): Promise<void> => {
    signal?.throwIfAborted()
    this.waits.push(ms)
    this.#now += ms
  }
}
