/** A signal that aborts after a time, or with another signal; tells which it was. */
export class Deadline {
  readonly #controller = new AbortController()
  readonly #timer: NodeJS.Timeout
  readonly #outer: AbortSignal | undefined
  readonly #follow = () => this.#controller.abort(this.#outer?.reason)
  hasPassed = false

  constructor(timeoutMs: number, outer: AbortSignal | undefined) {
    this.#outer = outer
    outer?.addEventListener('abort', this.#follow)
    this.#timer = setTimeout(() => {
      this.hasPassed = true
      this.#controller.abort()
    }, timeoutMs)
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
