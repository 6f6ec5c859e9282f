import {
  closeSync,
  existsSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { faultPoint, syncPath } from '@sillage/base'
import type { RefusedRow } from '@sillage/sdk'
import { type Sql, sql } from '@sillage/sql'
import type { Session } from '@sillage/store'
import { segmentColumns, segmentNames, tidySegments, writeRows } from './segments.ts'

/** A message as it was committed. Until it is settled it goes again as these bytes, under this id. */
export interface Message {
  readonly id: string
  readonly rows: number
  readonly removed: number
  readonly body: string
}

/** What became of a message. One that failed for the moment has no such line: it stays. */
export interface SettledMessage {
  readonly id: string
  /** `given_up`: its rows are due again. */
  readonly status: 'accepted' | 'given_up'
  readonly run: string
  /** ISO, UTC. */
  readonly at: string
  readonly destination: string
  readonly attempts: number
  readonly refused: readonly RefusedRow[]
  /** Positions of rows that the receiver may take later. */
  readonly retry: readonly number[]
  readonly facts: Readonly<Record<string, unknown>>
}

const settledEnding = '.settled'

/**
 * Messages that are committed and not settled: files of some messages each, in the state. What becomes of them is appended to a second
 * file beside the first as it happens, so that a killed process leaves what it knew.
 */
export class Outbox {
  readonly folder: string
  readonly #session: Session

  constructor(session: Session, folder: string) {
    this.#session = session
    this.folder = folder
  }

  /** Names of the files that wait, oldest first, without ending. */
  get waves(): readonly string[] {
    return segmentNames(this.folder).map((name) => name.replace(/\.parquet$/, ''))
  }

  file(wave: string): string {
    return join(this.folder, `${wave}.parquet`)
  }

  /** Commits messages: `select` gives the columns `id`, `number`, `rows`, `removed`, `body`, `entries`. Durable when it returns. */
  async commit(wave: string, select: Sql): Promise<void> {
    faultPoint('deliver.before_commit')
    await writeRows({ session: this.#session, folder: this.folder, name: wave, select })
    faultPoint('deliver.after_commit')
  }

  /** The messages of a file that are not settled, in order. */
  async messages(wave: string): Promise<readonly Message[]> {
    const settled = this.settled(wave).map(({ id }) => id)
    return await this.#session.rows<Message & Record<string, never>>(
      sql`select id, rows, removed, body from read_parquet(${this.file(wave)}) where not list_contains(${sql.list(settled)}::varchar[], id) order by number`
        .text,
    )
  }

  /** Opens the file in which it is noted what becomes of the messages of a wave. */
  settling(wave: string): Settling {
    return new Settling(join(this.folder, `${wave}${settledEnding}`))
  }

  /** What is known of the messages of a file. A line that a killed process cut is none. */
  settled(wave: string): readonly SettledMessage[] {
    const file = join(this.folder, `${wave}${settledEnding}`)
    if (!existsSync(file)) return []
    const text = readFileSync(file, 'utf8')
    const whole = text.slice(0, text.lastIndexOf('\n') + 1)
    if (whole.length < text.length) writeFileSync(file, whole)
    return whole
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as SettledMessage)
  }

  /** The rows of the settled messages of a file, as rows of a segment. `known` is the table of what was known before. */
  entries(wave: string, known: Sql): Sql {
    const lines = sql`read_json(${join(this.folder, `${wave}${settledEnding}`)}, format = 'newline_delimited', columns = {id: 'varchar', status: 'varchar', run: 'varchar', "at": 'timestamp', destination: 'varchar', refused: 'struct("row" bigint, code varchar, message varchar)[]', retry: 'bigint[]'})`
    return sql`
      select ${segmentColumns} from (
        select
          entry.key as key,
          entry.content as content,
          case when entry.removed then 'removed' when refusal is not null then 'refused' else 'accepted' end as state,
          case when entry.removed then false when refusal is not null then coalesce(known.told, false) else true end as told,
          refusal.code as code,
          refusal.message as message,
          settled.id as id,
          settled.run as run,
          settled.destination as destination,
          settled."at" as "at"
        from (
          select
            *,
            list_filter(refused, lambda one: not entry.removed and one.row = position)[1] as refusal
          from (
            select
              message.id,
              unnest(message.entries) as entry,
              generate_subscripts(message.entries, 1) - 1 - message.removed as position,
              line.* exclude (id)
            from read_parquet(${this.file(wave)}) message
            join ${lines} line on line.id = message.id
            where line.status = 'accepted'
          )
        ) settled
        left join ${known} known on known.key = entry.key
        where entry.removed or not list_contains(retry, position)
      )
    `
  }

  /** Keeps what is not settled under a new name, and lets the file go. */
  async reduce(wave: string, next: string): Promise<void> {
    const settled = this.settled(wave).map(({ id }) => id)
    const rest = sql`select * from read_parquet(${this.file(wave)}) where not list_contains(${sql.list(settled)}::varchar[], id)`
    const { n } = await this.#session.row<{ n: number }>(sql`select count(*) as n from (${rest})`.text)
    if (n > 0) await writeRows({ session: this.#session, folder: this.folder, name: next, select: rest })
    this.remove(wave)
  }

  /** Lets a file go. What became of its messages goes last: without it they would be sent again. */
  remove(wave: string): void {
    rmSync(this.file(wave), { force: true })
    syncPath(this.folder)
    rmSync(join(this.folder, `${wave}${settledEnding}`), { force: true })
  }

  /** Clears away what a killed writer left. */
  tidy(): void {
    tidySegments(this.folder)
    if (!existsSync(this.folder)) return
    for (const name of readdirSync(this.folder))
      if (name.endsWith(settledEnding) && !existsSync(this.file(name.slice(0, -settledEnding.length))))
        rmSync(join(this.folder, name))
  }
}

/** A line for each message that is settled: what is written survives the process, and a loss of power costs a second sending under the same id. */
export class Settling implements Disposable {
  readonly #file: string
  #handle: number | undefined

  constructor(file: string) {
    this.#file = file
  }

  note(settled: SettledMessage): void {
    this.#handle ??= openSync(this.#file, 'a', 0o600)
    writeSync(this.#handle, `${JSON.stringify(settled)}\n`)
    faultPoint('deliver.after_receipt')
  }

  [Symbol.dispose](): void {
    if (this.#handle !== undefined) closeSync(this.#handle)
    this.#handle = undefined
  }
}
