import { join } from 'node:path'
import type { MessageFacts } from '@sillage/sdk'
import { type Sql, sql } from '@sillage/sql'
import { deliveryKey, type StateRecord } from '@sillage/state'
import type { Session } from '@sillage/store'
import { type AcceptedCache, mergeSegments, refreshCache } from './accepted-cache.ts'
import {
  countDue,
  type DueCounts,
  type DueTables,
  findDue,
  hashKey,
  type KeyTroubles,
  keepDeparted,
  keepRemovals,
  keyOf,
  keyTroubles,
  mergeEqual,
  numberMessages,
  type Payload,
} from './due.ts'
import { type Message, Outbox, type SettledMessage } from './outbox.ts'
import { type DeliveryFolders, type DeliveryPlace, notePlace, placeName } from './place.ts'
import { nextName, segmentNames, tidySegments, writeRows } from './segments.ts'

/** Segments that enter the table of what is known in one transaction: bounds what a transaction holds. */
const mergedAtOnce = 4

/** Rows in the messages that are committed at once: bounds what is held and what a killed run leaves. */
const waveRows = 32_768

export interface BookFacts {
  readonly session: Session
  readonly folders: DeliveryFolders
  /** Folder of the key of the hashes. */
  readonly keyFolder: string
  readonly place: DeliveryPlace
  /** Where it goes, as the configuration says it. */
  readonly destination: string
  readonly pipeline: string
  readonly run: string
  readonly now: () => Date
  /** Where the tables stand: a schema of the working database, or of one in memory beside it where that is open for reading only. */
  readonly schema: readonly string[]
  readonly keeps: boolean
  /** Told of messages that are settled, once they are part of the state. */
  readonly onSettled?: ((receipts: readonly MessageReceipt[]) => void) | undefined
}

/** That a message was settled. It holds no payload: what was sent stays with the receiver. */
export interface MessageReceipt extends StateRecord {
  readonly stage: string
  readonly idempotency_key: string
  readonly status: SettledMessage['status']
  readonly run: string
  /** Rows and removals that it held. */
  readonly rows: number
  readonly removed: number
  readonly refused: number
  readonly attempts: number
  readonly destination: string
  readonly facts: Readonly<Record<string, unknown>>
  /** ISO, UTC. */
  readonly sent_at: string
}

/** Messages of one commit. */
export interface Wave {
  readonly name: string
  readonly messages: readonly Message[]
}

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
  #departed = 0
  /** Segments that the table of what is known lacks. */
  readonly #unmerged: string[] = []

  private constructor(facts: BookFacts) {
    const { session, folders, place, destination } = facts
    this.#facts = facts
    this.#name = placeName(place.stage, { destination, key: place.key })
    this.#folder = join(folders.deliveries, this.#name)
    this.#outbox = new Outbox(session, join(folders.outbox, this.#name))
    this.#cache = {
      session,
      folder: this.#folder,
      place: this.#name,
      table: this.#table('known'),
      keeps: facts.keeps,
    }
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
      await book.#recover()
    }
    await refreshCache(book.#cache)
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
    const compared = await this.#compare(this.#tables, payload)
    const { mode } = payload
    const departed = { departed: this.#table('departed'), mode, run, at: now() }
    // A key that was accepted once is told no more, whatever comes back.
    this.#departed = mode === 'append' ? 0 : await keepDeparted(session, this.#tables, departed)
    return compared
  }

  async #compare(
    tables: DueTables,
    payload: Payload,
  ): Promise<{ readonly counts: DueCounts; readonly troubles: KeyTroubles }> {
    const { session, run } = this.#facts
    await findDue(session, tables, payload)
    const troubles = await keyTroubles(session, tables)
    const isKeyed = payload.key.length > 0
    if (!isKeyed && troubles.twice > 0) await mergeEqual(session, tables)
    const counts = await countDue(session, tables, run)
    return { counts, troubles: isKeyed ? troubles : { ...troubles, twice: 0, examples: [] } }
  }

  /**
   * How the rows would stand once all that waits was accepted: what `due` will say after `pending` went well. Changes nothing.
   */
  async foresee(payload: Payload): ReturnType<DeliveryBook['due']> {
    const { session, run, now } = this.#facts
    const waves = this.#outbox.waves
    if (waves.length === 0) return await this.due(payload)
    const known = this.#table('known')
    const foreseen = this.#table('foreseen')
    await session.run(sql`create or replace table ${foreseen} as select * from ${known}`.text)
    for (const wave of waves) {
      const entries = sql`read_parquet(${this.#outbox.rowsFile(wave)})`
      await session.run(
        sql`delete from ${foreseen} known using ${entries} entry where known.key = entry.key`.text,
      )
      await session.run(
        sql`insert into ${foreseen} select key, content, case when removed then 'removed' else 'accepted' end, not removed, null, null, '', ${run}, '', ${now()} from ${entries}`
          .text,
      )
    }
    return await this.#compare({ due: this.#table('due'), known: foreseen }, payload)
  }

  /** A select of the rows of the payload that are due, in its order: for files. */
  dueRows(payload: Payload): Sql {
    const names = sql.join(payload.columns.map(({ name }) => sql.id(name)))
    const numbered = sql`select row_number() over () as sillage_position, * from (${payload.select})`
    const keyed = sql`select *, ${keyOf(payload)} as sillage_key from (${numbered})`
    // Equal rows are one row, the first.
    const single = sql`select * from (${keyed}) qualify row_number() over (partition by sillage_key order by sillage_position) = 1`
    return sql`select ${names} from (${single}) where sillage_key in (select key from ${this.#table('due')} where state = 1) order by sillage_position`
  }

  /** Numbers the messages of the due rows. Gives how many there are. */
  async group(size: number): Promise<number> {
    return await numberMessages(this.#facts.session, this.#tables, {
      numbers: this.#table('numbers'),
      size,
    })
  }

  /** Commits the next messages of the due rows, from the given one on, and gives them. Durable when it returns. */
  async commit(
    from: number,
    { size, body }: { readonly size: number; readonly body: (facts: BodyFacts) => Sql },
  ): Promise<Wave> {
    const { session, run, now, pipeline } = this.#facts
    const name = nextName(run, [this.#outbox.folder, this.#folder])
    const until = from + Math.max(1, Math.floor(waveRows / size))
    const timestamp = now().toISOString()
    const mirrors = this.#facts.place.mode === 'mirror'
    const { first, last } = await session.row<{ first: number; last: number }>(
      sql`select min(position) as first, max(position) as last from ${this.#table('numbers')} where message >= ${from} and message < ${until}`
        .text,
    )
    await this.#commitMessages(name, {
      timestamp,
      body,
      rows: sql`
        select number.message as number, due.key as key, due.content as content, due.removed as removed
        from ${this.#table('due')} due
        join ${this.#table('numbers')} number on number.position = due.position
        where number.message >= ${from} and number.message < ${until} and due.position between ${first} and ${last}
        order by due.position
      `,
      messages: sql`
        select
          md5(${`${pipeline}\n${this.#name}\n`} || lines || gone || coalesce(prior, 0)) as id,
          number,
          rows,
          removed,
          lines,
          gone
        from (
          select
            number.message as number,
            count(*) filter (not due.removed) as rows,
            count(*) filter (due.removed) as removed,
            '[' || coalesce(string_agg(due.line, ',' order by due.position), '') || ']' as lines,
            ${mirrors ? sql`'[' || coalesce(string_agg(due.key, ',' order by due.position) filter (due.removed), '') || ']'` : sql`'[]'`} as gone,
            sum(hash(due.prior)::hugeint) filter (due.prior is not null) as prior
          from ${this.#table('due')} due
          join ${this.#table('numbers')} number on number.position = due.position
          where number.message >= ${from} and number.message < ${until} and due.position between ${first} and ${last}
          group by number.message
        )
      `,
    })
    const messages = await this.#outbox.messages(name)
    if (messages.length === 0) throw new Error(`no message of ${name} was committed`)
    return { name, messages }
  }

  /** Commits messages that were cut elsewhere: `id, number, rows, removed, lines, gone`, and their rows: `number, key, content, removed`. */
  async commitAs({
    messages,
    rows,
    body,
  }: {
    readonly messages: Sql
    readonly rows: Sql
    readonly body: (facts: BodyFacts) => Sql
  }): Promise<void> {
    const { run, now } = this.#facts
    const name = nextName(run, [this.#outbox.folder, this.#folder])
    await this.#commitMessages(name, { messages, rows, body, timestamp: now().toISOString() })
  }

  async #commitMessages(
    name: string,
    {
      messages,
      rows,
      body,
      timestamp,
    }: {
      readonly messages: Sql
      readonly rows: Sql
      readonly body: (facts: BodyFacts) => Sql
      readonly timestamp: string
    },
  ): Promise<void> {
    const removed = this.#facts.place.mode === 'mirror' ? sql`gone` : undefined
    const text = body({ rows: sql`lines`, removed, timestamp })
    await this.#note()
    await this.#outbox.commit(name, {
      rows,
      messages: sql`select id, number, rows, removed, ${text} as body, ${timestamp} as committed_at from (${messages}) order by number`,
    })
  }

  /** Makes removals due, and nothing else: of the known keys for which a condition over `known` holds. */
  async dueRemovals(where: Sql): Promise<void> {
    await keepRemovals(this.#facts.session, this.#tables, where)
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
    const segment = await this.#takeIn(name, { afterKill: false })
    if (segment !== undefined) this.#unmerged.push(`${segment}.parquet`)
    if (this.#unmerged.length >= mergedAtOnce) await this.catchUp()
    return settled
  }

  /** Brings the table of what is known in step with what was settled. */
  async catchUp(): Promise<void> {
    await mergeSegments(this.#cache, this.#unmerged.splice(0))
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
    return sql`select key, content, 'accepted' as state, true as told, null::varchar as code, null::varchar as message, null::varchar as id, ${run} as run, ${destination} as destination, ${now()} as "at" from ${this.#table('due')} where state = 1`
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
    for (const part of ['due', 'numbers', 'departed', 'foreseen'] as const)
      await this.#facts.session.run(`drop table if exists ${this.#table(part).text}`)
  }

  /** Messages that a killed run had settled are taken in, and the rest is kept. */
  async #recover(): Promise<void> {
    await refreshCache(this.#cache)
    for (const wave of this.#outbox.waves)
      if (this.#outbox.settled(wave).length > 0) await this.#takeIn(wave, { afterKill: true })
  }

  /** Makes a segment of what was accepted of a wave. Gives its name; undefined where there is nothing new. */
  async #takeIn(wave: string, { afterKill }: { readonly afterKill: boolean }): Promise<string | undefined> {
    const { session, run } = this.#facts
    const settled = this.#outbox.settled(wave)
    const accepted = settled.flatMap(({ id, status }) => (status === 'accepted' ? [id] : []))
    const name = nextName(run, [this.#outbox.folder, this.#folder])
    const isNew = accepted.length > 0 && !(afterKill && (await this.#isTaken(accepted)))
    if (isNew) {
      await this.#note()
      await writeRows({
        session,
        folder: this.#folder,
        name,
        select: this.#outbox.entries(wave, this.known),
      })
    }
    await this.#tellSettled(wave, settled)
    await this.#outbox.reduce(wave, nextName(run, [this.#outbox.folder, this.#folder]))
    return isNew ? name : undefined
  }

  /** A run that was killed may have made the segment and left the messages: rows of a wave are taken in together. */
  async #isTaken(accepted: readonly string[]): Promise<boolean> {
    const [found] = await this.#facts.session.rows(
      sql`select 1 from ${this.known} where id in (select unnest(${sql.list(accepted)})) limit 1`.text,
    )
    return found !== undefined
  }

  async #tellSettled(wave: string, settled: readonly SettledMessage[]): Promise<void> {
    const { session, place, onSettled } = this.#facts
    if (!onSettled) return
    const sizes = await session.rows<{ id: string; rows: number; removed: number }>(
      sql`select id, rows, removed from read_parquet(${this.#outbox.file(wave)})`.text,
    )
    const byId = new Map(sizes.map((size) => [size.id, size]))
    onSettled(
      settled.map(({ id, status, run, at, destination, attempts, refused, facts }) => ({
        stage: place.stage,
        idempotency_key: id,
        status,
        run,
        rows: byId.get(id)?.rows ?? 0,
        removed: byId.get(id)?.removed ?? 0,
        refused: refused.length,
        attempts,
        destination,
        facts,
        sent_at: at,
      })),
    )
  }

  async #note(): Promise<void> {
    notePlace(this.#folder, this.#facts.place)
  }

  get #tables(): DueTables {
    return { due: this.#table('due'), known: this.#table('known') }
  }

  #table(part: 'known' | 'refused' | 'due' | 'numbers' | 'departed' | 'foreseen'): Sql {
    return sql.id(...this.#facts.schema, `${this.#name}.${part}`)
  }
}

export type BodyFacts = Pick<MessageFacts<unknown>, 'rows' | 'removed' | 'timestamp'>
