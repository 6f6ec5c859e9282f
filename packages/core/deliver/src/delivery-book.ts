import { join } from 'node:path'
import { type Sql, sql } from '@sillage/sql'
import { deliveryKey } from '@sillage/state'
import { acceptAll } from './accept-all.ts'
import { type AcceptedCache, compactMany, mergeSegments, refreshCache } from './accepted-cache.ts'
import type { BodyFacts, BookFacts, Wave } from './book-facts.ts'
import {
  countDue,
  type DueCounts,
  type DueTables,
  due,
  findDue,
  hashKey,
  type KeyTroubles,
  keepDeparted,
  keepRemovals,
  keyOf,
  keyTroubles,
  mergeEqual,
  type Payload,
} from './due.ts'
import { DueRows } from './due-rows.ts'
import { cutMessages, type DueStretches, dueStretches, rowsOfMessages } from './message-cuts.ts'
import { Outbox, type SettledMessage } from './outbox.ts'
import { notePlace, placeName } from './place.ts'
import { nextName, segmentNames, tidySegments, writeRows } from './segments.ts'
import { TakingIn } from './taking-in.ts'

/**
 * Segments that enter the table of what is known in one transaction: bounds what a transaction holds. Fewer rows than a row group of DuckDB
 * (122,880): more would become row groups of their own with a small one behind each, which are all rewritten when the database is closed.
 */
const mergedAtOnce = 3

/** What a thread of DuckDB may take while the segments of a first sending enter the table of what is known. */
const mergeBytes = 32 * 2 ** 20

/** Rows in the messages that are committed at once: bounds what is held and what a killed run leaves. */
const waveRows = 32_768

/**
 * The narrow port of deliveries: which rows of a payload are due, messages that are committed before they are sent, and what became of
 * them. One place (a stage, its destination and its key) and one run.
 */
export class DeliveryBook {
  readonly #facts: BookFacts
  readonly #name: string
  readonly #folder: string
  readonly #outbox: Outbox
  readonly #cache: AcceptedCache
  readonly #takingIn: TakingIn
  readonly #due: DueRows
  #stretches: DueStretches = { stretches: [], rows: 0 }
  #departed = 0
  /** Segments that the table of what is known lacks. */
  readonly #unmerged: string[] = []
  /** Nothing was known when it was asked what is due: whatever this run sends, its key enters the table for the first time. */
  #isFirst = false

  private constructor(facts: BookFacts) {
    const { session, folders, place, destination } = facts
    this.#facts = facts
    this.#name = placeName(place.stage, { destination, key: place.key })
    this.#folder = join(folders.deliveries, this.#name)
    this.#due = new DueRows(session, facts.scratch)
    this.#outbox = new Outbox(session, join(folders.outbox, this.#name))
    this.#cache = {
      session,
      folder: this.#folder,
      place: this.#name,
      table: this.#table('known'),
      keeps: facts.keeps,
    }
    this.#takingIn = new TakingIn(facts, {
      folder: this.#folder,
      outbox: this.#outbox,
      known: this.#table('known'),
    })
  }

  /** Opens the book of a place. Throws `suppression_key_missing` where rows were accepted and the key of their hashes is gone. */
  static async open(facts: BookFacts): Promise<DeliveryBook> {
    const book = new DeliveryBook(facts)
    const { session, keyFolder } = facts
    const isNew = segmentNames(book.#folder).length === 0
    // Where nothing was accepted and nothing is kept, any key tells the same.
    const key = isNew && !facts.keeps ? '' : deliveryKey(keyFolder, { make: isNew })
    await session.run(`create schema if not exists ${sql.id(...facts.schema).text}`)
    await session.run(sql`set variable ${sql.id(hashKey)} = ${key}`.text)
    if (facts.keeps) {
      tidySegments(book.#folder)
      book.#outbox.tidy()
      await refreshCache(book.#cache)
      await book.#takingIn.recover()
    }
    await refreshCache(book.#cache)
    if (facts.keeps) await compactMany(book.#cache)
    return book
  }

  /** True where something was delivered to the place, or waits for it. */
  get isKnown(): boolean {
    return segmentNames(this.#folder).length > 0 || this.#outbox.waves.length > 0
  }

  /** What is committed and not settled, oldest first: to be sent before anything new. */
  async pending(): Promise<readonly Wave[]> {
    const waves: Wave[] = []
    for (const name of this.#outbox.waves) waves.push({ name, messages: await this.#outbox.messages(name) })
    return waves
  }

  /** How the rows of a payload stand; keeps what is due for `commit`. */
  async due(payload: Payload): Promise<{ readonly counts: DueCounts; readonly troubles: KeyTroubles }> {
    const { session, run, now } = this.#facts
    await session.memory.release()
    const compared = await this.#compare(this.#tables, payload)
    this.#isFirst = (await session.rows(sql`select 1 from ${this.known} limit 1`.text)).length === 0
    const { mode } = payload
    const departed = { departed: this.#table('departed'), mode, run, at: now() }
    // A key that was accepted once is told no more, whatever comes back.
    this.#departed = mode === 'append' ? 0 : await keepDeparted(session, this.#tables, departed)
    await session.memory.release()
    return compared
  }

  async #compare(
    tables: DueTables,
    payload: Payload,
  ): Promise<{ readonly counts: DueCounts; readonly troubles: KeyTroubles }> {
    const { session, run } = this.#facts
    await findDue(tables, payload)
    const troubles = await keyTroubles(session, tables)
    const isKeyed = payload.key.length > 0
    if (!isKeyed && troubles.twice > 0) await mergeEqual(tables)
    const counts = await countDue(session, tables, run)
    return { counts, troubles: isKeyed ? troubles : { ...troubles, twice: 0, examples: [] } }
  }

  /**
   * How the rows would stand once all that waits was accepted: what `due` will say after `pending` went well. Changes nothing.
   */
  async foresee(payload: Payload): ReturnType<DeliveryBook['due']> {
    const { session, run, now } = this.#facts
    if (this.#outbox.waves.length === 0) return await this.due(payload)
    const foreseen = this.#table('foreseen')
    await session.run(sql`create or replace table ${foreseen} as select * from ${this.known}`.text)
    await acceptAll(session, this.#outbox, { known: foreseen, run, at: now() })
    return await this.#compare({ due: this.#due, known: foreseen }, payload)
  }

  /** A select of the rows of the payload that are due, in its order: for files. */
  dueRows(payload: Payload): Sql {
    const names = sql.join(payload.columns.map(({ name }) => sql.id(name)))
    const numbered = sql`select row_number() over () as sillage_position, * from (${payload.select})`
    const keyed = sql`select *, ${keyOf(payload)} as sillage_key from (${numbered})`
    // Equal rows are one row, the first.
    const single = sql`select * from (${keyed}) qualify row_number() over (partition by sillage_key order by sillage_position) = 1`
    return sql`select ${names} from (${single}) where sillage_key in (select key from ${this.#due.all} where state = ${due}) order by sillage_position`
  }

  /** Cuts the due rows into messages of so many. Gives how many messages there are. */
  async group(size: number): Promise<number> {
    this.#stretches = await dueStretches(this.#facts.session, this.#due)
    return Math.ceil(this.#stretches.rows / size)
  }

  /** Commits the next messages of the due rows, from the given one on, and gives them. Durable when it returns. */
  async commit(
    from: number,
    { size, body }: { readonly size: number; readonly body: (facts: BodyFacts) => Sql },
  ): Promise<Wave> {
    const { pipeline, place } = this.#facts
    const until = from + Math.max(1, Math.floor(waveRows / size))
    const numbered = rowsOfMessages(this.#due, this.#stretches, { from, until, size })
    const name = await this.commitAs({
      body,
      rows: sql`select number, key, content, removed from (${numbered}) order by position`,
      messages: cutMessages(numbered, {
        salt: `${pipeline}\n${this.#name}\n`,
        mirrors: place.mode === 'mirror',
      }),
    })
    const messages = await this.#outbox.messages(name)
    if (messages.length === 0) throw new Error(`no message of ${name} was committed`)
    return { name, messages }
  }

  /** Commits messages (`id, number, rows, removed, lines, gone`) and their rows (`number, key, content, removed`). Gives the name of the wave. */
  async commitAs({
    messages,
    rows,
    body,
  }: {
    readonly messages: Sql
    readonly rows: Sql
    readonly body: (facts: BodyFacts) => Sql
  }): Promise<string> {
    const { run, now, place } = this.#facts
    const name = nextName(run, [this.#outbox.folder, this.#folder])
    const timestamp = now().toISOString()
    const removed = place.mode === 'mirror' ? sql`gone` : undefined
    const text = body({ rows: sql`lines`, removed, timestamp })
    await this.#note()
    await this.#outbox.commit(name, {
      rows,
      messages: sql`select id, number, rows, removed, ${text} as body, ${timestamp} as committed_at from (${messages}) order by number`,
    })
    return name
  }

  /** Makes removals due, and nothing else: of the known keys for which a condition over `known` holds. */
  async dueRemovals(where: Sql): Promise<void> {
    await keepRemovals(this.#tables, where)
  }

  /** Names of the waves that wait. */
  get waves(): readonly string[] {
    return this.#outbox.waves
  }

  /** Lets a wave go, whatever became of its messages. */
  drop(wave: string): void {
    this.#outbox.remove(wave)
  }

  /** Settles the messages of a wave, one after the other as they are answered. */
  settling(wave: Wave): { readonly note: (settled: SettledMessage) => void } & Disposable {
    return this.#outbox.settling(wave.name)
  }

  /** Takes what is settled of a wave into the state. What is not stays for the next run. Gives what was settled. */
  async settle({ name }: Wave): Promise<readonly SettledMessage[]> {
    const settled = this.#outbox.settled(name)
    if (settled.length === 0) return []
    const segment = await this.#takingIn.takeIn(name)
    if (segment !== undefined) this.#unmerged.push(`${segment}.parquet`)
    await this.#facts.session.memory.release()
    // A first sending asks nothing of what it made itself: its segments enter the table together, at the end.
    if (!this.#isFirst && this.#unmerged.length >= mergedAtOnce) await this.catchUp()
    return settled
  }

  /** Brings the table of what is known in step with what was settled. */
  async catchUp(): Promise<void> {
    if (this.#unmerged.length === 0) return
    const { session } = this.#facts
    await using _ = this.#isFirst ? await session.memory.bound(mergeBytes) : undefined
    await mergeSegments(this.#cache, this.#unmerged.splice(0), { areNew: this.#isFirst })
    await session.memory.release()
  }

  /** Notes what the receiver was not told and need not be: rows that left. */
  async noteDeparted(): Promise<void> {
    if (this.#departed === 0) return
    await this.append(sql`select * from ${this.#table('departed')}`)
  }

  /** Adds rows of a segment that come from elsewhere than a message; each key once. */
  async append(select: Sql): Promise<number> {
    const { session, run } = this.#facts
    const name = nextName(run, [this.#outbox.folder, this.#folder])
    await this.#note()
    const rows = await writeRows({ session, folder: this.#folder, name, select })
    await this.catchUp()
    await mergeSegments(this.#cache, [`${name}.parquet`])
    return rows
  }

  /** The due rows as accepted ones: for a file that holds them. */
  acceptedDue(destination: string): Sql {
    const { run, now } = this.#facts
    return sql`select key, content, 'accepted' as state, true as told, null::varchar as code, null::varchar as message, null::varchar as id, ${run} as run, ${destination} as destination, ${now()} as "at" from ${this.#due.all} where state = ${due}`
  }

  /** The table of what is known: `key, content, state, told, code, message, id, run, destination, at`. */
  get known(): Sql {
    return this.#table('known')
  }

  /** The table of the rows of the payload that the receiver refuses. */
  get refused(): Sql {
    return this.#table('refused')
  }

  /** Lets go of the tables that only one run needs. */
  async close(): Promise<void> {
    this.#due[Symbol.dispose]()
    for (const part of ['departed', 'foreseen'] as const)
      await this.#facts.session.run(`drop table if exists ${this.#table(part).text}`)
  }

  async #note(): Promise<void> {
    notePlace(this.#folder, this.#facts.place)
  }

  get #tables(): DueTables {
    return { due: this.#due, known: this.#table('known') }
  }

  #table(part: 'known' | 'refused' | 'departed' | 'foreseen'): Sql {
    return sql.id(...this.#facts.schema, `${this.#name}.${part}`)
  }
}
