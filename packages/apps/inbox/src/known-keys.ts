/** How long a key is known, and how many of them at most. */
export const keyWindow = { ms: 24 * 3_600_000, most: 250_000 } as const

export interface Known {
  readonly ids: readonly string[]
  readonly at: number
  /** Of what came under the key; absent where that is not known any more. */
  readonly digest?: string | undefined
  /** True where `ids` are all that was answered. */
  readonly isWhole?: boolean
}

/** The keys of the last day, with what they were answered. The oldest go first. */
export class KnownKeys {
  readonly #known = new Map<string, Known>()
  readonly #underWay = new Map<string, Promise<void>>()

  find(key: string, now: number): Known | undefined {
    const known = this.#known.get(key)
    return known && known.at > now - keyWindow.ms ? known : undefined
  }

  /** Notes what a key was answered; what is noted twice has both, unless the first was all of it. */
  add(key: string, { ids, at, digest, isWhole = false }: Known): void {
    const before = this.#known.get(key)
    const isKnown = before !== undefined && before.at > at - keyWindow.ms
    if (isKnown && before.isWhole) return
    this.#known.delete(key)
    this.#known.set(key, { ids: isKnown && !isWhole ? [...before.ids, ...ids] : ids, at, digest, isWhole })
    for (const [oldest, known] of this.#known) {
      if (this.#known.size <= keyWindow.most && known.at > at - keyWindow.ms) return
      this.#known.delete(oldest)
    }
  }

  /** What must end before one of these keys can be answered; undefined where none is under way. */
  underWay(keys: readonly string[]): Promise<void> | undefined {
    for (const key of keys) {
      const work = this.#underWay.get(key)
      if (work) return work
    }
    return undefined
  }

  /** Holds keys while `work` goes on: who comes with one of them meanwhile waits for its end. */
  async hold<T>(keys: readonly string[], work: () => Promise<T>): Promise<T> {
    let done = (): void => undefined
    const ended = new Promise<void>((resolve) => {
      done = resolve
    })
    for (const key of keys) this.#underWay.set(key, ended)
    try {
      return await work()
    } finally {
      for (const key of keys) this.#underWay.delete(key)
      done()
    }
  }
}
