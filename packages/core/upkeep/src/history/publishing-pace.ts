/** Rows up to which a history is published anew with each date: a mart is built whole, in about a second. */
const fewRows = 5_000_000
/** Above that, by how much it must have grown. */
const share = 0.1

/** When the history is published while its dates come: with each of them, and a large one in steps, so that its rows are not copied once a date. */
export class PublishingPace {
  #rows = 0
  #published = 0

  /** Counts the rows of a date that is done. */
  isDue({ rows }: { readonly rows: Readonly<Record<string, number>> }): boolean {
    this.#rows += Object.values(rows).reduce((sum, one) => sum + one, 0)
    return this.#rows <= fewRows || this.#rows >= (1 + share) * this.#published
  }

  /** Hands on whether there was something to publish. */
  published(done: boolean): boolean {
    this.#published = this.#rows
    return done
  }
}
