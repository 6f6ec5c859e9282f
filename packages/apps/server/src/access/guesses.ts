/** Wrong tokens of one address in a minute, before no more are looked at. */
const most = 20
const windowMs = 60_000
const mostAddresses = 10_000

/** Counts wrong tokens by address. A right one is taken at any time: behind a proxy all who ask share an address. */
export class Guesses {
  readonly #byAddress = new Map<string, { count: number; readonly until: number }>()

  /** Notes a wrong token; gives how long to wait, 0 while there is no need. */
  note(address: string): number {
    const now = performance.now()
    const known = this.#byAddress.get(address)
    if (known && known.until > now) {
      known.count += 1
      return known.count > most ? known.until - now : 0
    }
    if (this.#byAddress.size >= mostAddresses) this.#byAddress.clear()
    this.#byAddress.set(address, { count: 1, until: now + windowMs })
    return 0
  }
}
