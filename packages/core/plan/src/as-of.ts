/** Thrown where a stage needs to know what "today" is and the pipeline does not say. */
export class AsOfMissing extends Error {}

/** The as-of date, with whether it was read: only then it enters the fingerprint. */
export class AsOf {
  readonly #value: string | undefined
  #isRead = false

  constructor(value: string | undefined) {
    this.#value = value
  }

  /** Throws `AsOfMissing`. */
  read(): string {
    if (this.#value === undefined) throw new AsOfMissing()
    this.#isRead = true
    return this.#value
  }

  /** What the fingerprint hashes. */
  get part(): string | null {
    return this.#isRead ? (this.#value ?? null) : null
  }

  /** Gives a value `asOf`, which counts as read when it is asked for. */
  on<T extends object>(value: T): T & { readonly asOf: string } {
    return Object.defineProperty(value, 'asOf', { get: () => this.read(), enumerable: true }) as T & {
      readonly asOf: string
    }
  }
}
