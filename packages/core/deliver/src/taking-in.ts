import { type Sql, sql } from '@sillage/sql'
import type { BookFacts } from './book-facts.ts'
import { messageReceipts } from './message-receipt.ts'
import type { Outbox, SettledMessage } from './outbox.ts'
import { notePlace } from './place.ts'
import { nextName, writeRows } from './segments.ts'

/** Takes what became of messages into the state of a place: its segments and its receipts. */
export class TakingIn {
  readonly #facts: BookFacts
  readonly #folder: string
  readonly #outbox: Outbox
  readonly #known: Sql

  /** `folder` is that of the segments, `known` the table of the last words on keys. */
  constructor(
    facts: BookFacts,
    { folder, outbox, known }: { readonly folder: string; readonly outbox: Outbox; readonly known: Sql },
  ) {
    this.#facts = facts
    this.#folder = folder
    this.#outbox = outbox
    this.#known = known
  }

  /** Messages that a killed run had settled are taken in, and the rest is kept. `known` is in step with the segments. */
  async recover(): Promise<void> {
    for (const wave of this.#outbox.waves)
      if (this.#outbox.settled(wave).length > 0) await this.#take(wave, { afterKill: true })
  }

  /** Makes a segment of what was accepted of a wave. Gives its name, without ending; undefined where there is nothing new. */
  async takeIn(wave: string): Promise<string | undefined> {
    return await this.#take(wave, { afterKill: false })
  }

  async #take(wave: string, { afterKill }: { readonly afterKill: boolean }): Promise<string | undefined> {
    const { session, place } = this.#facts
    const settled = this.#outbox.settled(wave)
    const accepted = settled.flatMap(({ id, status }) => (status === 'accepted' ? [id] : []))
    const name = this.#nextName()
    const isNew = accepted.length > 0 && !(afterKill && (await this.#isTaken(accepted)))
    if (isNew) {
      notePlace(this.#folder, place)
      const select = this.#outbox.entries(wave, this.#known)
      await writeRows({ session, folder: this.#folder, name, select })
    }
    await this.#tellSettled(wave, settled)
    await this.#outbox.reduce(wave, this.#nextName())
    return isNew ? name : undefined
  }

  /** A run that was killed may have made the segment and left the messages: rows of a wave are taken in together. */
  async #isTaken(accepted: readonly string[]): Promise<boolean> {
    const [found] = await this.#facts.session.rows(
      sql`select 1 from ${this.#known} where id in (select unnest(${sql.list(accepted)})) limit 1`.text,
    )
    return found !== undefined
  }

  async #tellSettled(wave: string, settled: readonly SettledMessage[]): Promise<void> {
    const { session, place, onSettled } = this.#facts
    if (!onSettled) return
    const sizes = await session.rows<{ id: string; rows: number; removed: number }>(
      sql`select id, rows, removed from read_parquet(${this.#outbox.file(wave)})`.text,
    )
    onSettled(messageReceipts(place.stage, settled, sizes))
  }

  #nextName(): string {
    return nextName(this.#facts.run, [this.#outbox.folder, this.#folder])
  }
}
