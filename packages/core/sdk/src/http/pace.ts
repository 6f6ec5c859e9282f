import { type Clock, systemClock } from './clock.ts'

/** How many requests a server takes. Without a value there is no limit. */
export interface Limits {
  readonly requestsPerSecond?: number | undefined
  /** Requests at the same time. */
  readonly concurrent?: number | undefined
}

/** Enforces the limits of a server for all clients that share it: requests are spaced evenly, without a burst, in the order of their arrival. */
export class Pace {
  readonly #spacingMs: number
  readonly #clock: Clock
  readonly #waiting: (() => void)[] = []
  #free: number
  #next = 0

  constructor({ requestsPerSecond, concurrent }: Limits, clock: Clock = systemClock) {
    this.#spacingMs = requestsPerSecond === undefined ? 0 : 1000 / requestsPerSecond
    this.#free = concurrent ?? Number.POSITIVE_INFINITY
    this.#clock = clock
  }

  /** Waits for a slot and returns it; disposing of it frees it for the next request. Throws the signal's reason. */
  async enter(signal: AbortSignal): Promise<Disposable> {
    signal.throwIfAborted()
    if (this.#free > 0) this.#free -= 1
    else await this.#place(signal)
    try {
      const now = this.#clock.now()
      const at = Math.max(now, this.#next)
      this.#next = at + this.#spacingMs
      if (at > now) await this.#clock.sleep(at - now, signal)
    } catch (error) {
      this.#leave()
      throw error
    }
    return { [Symbol.dispose]: () => this.#leave() }
  }

  /** A slot that another request frees. */
  #place(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const enter = (): void => {
        signal.removeEventListener('abort', end)
        resolve()
      }
      const end = (): void => {
        this.#waiting.splice(this.#waiting.indexOf(enter), 1)
        reject(signal.reason)
      }
      signal.addEventListener('abort', end, { once: true })
      this.#waiting.push(enter)
    })
  }

  #leave(): void {
    const next = this.#waiting.shift()
    if (next) next()
    else this.#free += 1
  }
}
