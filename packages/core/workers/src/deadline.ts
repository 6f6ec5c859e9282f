/** A signal that aborts after a time, or with another signal; tells which it was. */
export class Deadline {
  readonly #controller = new AbortController()
  readonly #timeoutMs: number
  #timer: NodeJS.Timeout | undefined
  readonly #outer: AbortSignal | undefined
  readonly #follow = () => this.#controller.abort(this.#outer?.reason)
  hasPassed = false

  constructor(timeoutMs: number, outer: AbortSignal | undefined) {
    this.#outer = outer
    outer?.addEventListener('abort', this.#follow)
    this.#timeoutMs = timeoutMs
    this.restart()
  }

  /** Counts from now on. */
  restart(): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => {
      this.hasPassed = true
      this.#controller.abort()
    }, this.#timeoutMs)
  }

  /** Does not count until it is started again. */
  pause(): void {
    clearTimeout(this.#timer)
  }

  get signal(): AbortSignal {
    return this.#controller.signal
  }

  /** Ends what follows the signal now. */
  end(): void {
    this.#controller.abort()
  }

  clear(): void {
    clearTimeout(this.#timer)
    this.#outer?.removeEventListener('abort', this.#follow)
  }
}
