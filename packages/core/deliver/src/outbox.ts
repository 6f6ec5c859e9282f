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
import type { Session } from '@sillage/sql'
import { type Sql, sql } from '@sillage/sql'
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
/** Of the rows of messages, beside the messages. */
const rowsEnding = '.rows'

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
    return segmentNames(this.folder)
      .map((name) => name.replace(/\.parquet$/, ''))
      .filter((name) => !name.endsWith(rowsEnding))
  }

  file(wave: string): string {
    return join(this.folder, `${wave}.parquet`)
  }

  /** The rows of the messages of a file: `number, key, content, removed`, in order. */
  rowsFile(wave: string): string {
    return join(this.folder, `${wave}${rowsEnding}.parquet`)
  }

  /** Commits messages (`id`, `number`, `rows`, `removed`, `body`) with their rows. Durable when it returns; the file of the messages comes last. */
  async commit(
    wave: string,
    { messages, rows }: { readonly messages: Sql; readonly rows: Sql },
  ): Promise<void> {
    faultPoint('deliver.before_commit')
    const facts = { session: this.#session, folder: this.folder, compression: 'snappy' } as const
    await writeRows({ ...facts, name: `${wave}${rowsEnding}`, select: rows })
    await writeRows({ ...facts, name: wave, select: messages })
    faultPoint('deliver.after_commit')
  }

  /** The messages of a file that are not settled, in order. Their texts are read as they are asked for. */
  async messages(wave: string): Promise<readonly Message[]> {
    const settled = this.settled(wave).map(({ id }) => id)
    return await this.#session.lazyRows<Message & Record<string, never>>(
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
    const accepted = sql`
      select line.id, line.run, line.destination, line."at", line.refused, line.retry, message.number
      from read_parquet(${this.file(wave)}) message
      join ${lines} line on line.id = message.id
      where line.status = 'accepted'
    `
    const rows = sql`read_parquet(${this.rowsFile(wave)})`
    const isPlain = this.settled(wave).every(({ refused, retry }) => refused.length + retry.length === 0)
    if (isPlain)
      return sql`
        select
          entry.key as key,
          entry.content as content,
          case when entry.removed then 'removed' else 'accepted' end as state,
          not entry.removed as told,
          null::varchar as code,
          null::varchar as message,
          settled.id as id,
          settled.run as run,
          settled.destination as destination,
          settled."at" as "at"
        from ${rows} entry
        join (${accepted}) settled using (number)
      `
    return sql`
      select ${segmentColumns} from (
        select
          entry.key as key,
          entry.content as content,
          case when entry.removed then 'removed' when refusal is not null then 'refused' else 'accepted' end as state,
          case when entry.removed then false when refusal is not null then coalesce(known.told, false) else true end as told,
          refusal.code as code,
          refusal.message as message,
          entry.id as id,
          entry.run as run,
          entry.destination as destination,
          entry."at" as "at"
        from (
          select *, list_filter(refused, lambda one: not removed and one.row = position)[1] as refusal
          from (
            select *, row_number() over (partition by number, removed order by file_row_number) - 1 as position
            from read_parquet(${this.rowsFile(wave)}, file_row_number = true)
            join (${accepted}) settled using (number)
          )
        ) entry
        left join ${known} known on known.key = entry.key
        where entry.removed or not list_contains(entry.retry, entry.position)
      )
    `
  }

  /** Keeps what is not settled under a new name, and lets the file go. */
  async reduce(wave: string, next: string): Promise<void> {
    const settled = this.settled(wave).map(({ id }) => id)
    const rest = sql`select * from read_parquet(${this.file(wave)}) where not list_contains(${sql.list(settled)}::varchar[], id)`
    const { n } = await this.#session.row<{ n: number }>(sql`select count(*) as n from (${rest})`.text)
    if (n > 0)
      await this.commit(next, {
        messages: rest,
        rows: sql`select * from read_parquet(${this.rowsFile(wave)}) where number in (select number from (${rest}))`,
      })
    this.remove(wave)
  }

  /** Lets a file go. What became of its messages goes last: without it they would be sent again. */
  remove(wave: string): void {
    for (const file of [this.file(wave), this.rowsFile(wave)]) rmSync(file, { force: true })
    syncPath(this.folder)
    rmSync(join(this.folder, `${wave}${settledEnding}`), { force: true })
  }

  /** Clears away what a killed writer left. */
  tidy(): void {
    tidySegments(this.folder)
    if (!existsSync(this.folder)) return
    for (const name of readdirSync(this.folder)) {
      const wave = [settledEnding, `${rowsEnding}.parquet`].flatMap((ending) =>
        name.endsWith(ending) ? [name.slice(0, -ending.length)] : [],
      )[0]
      if (wave !== undefined && !existsSync(this.file(wave))) rmSync(join(this.folder, name))
    }
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
