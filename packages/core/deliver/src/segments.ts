import { existsSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { faultPoint, makeDurably, syncPath } from '@sillage/base'
import type { Session } from '@sillage/sql'
import { type Sql, sql } from '@sillage/sql'

/** The columns of a segment, in order, with their types. */
const columns = {
  key: 'varchar',
  content: 'blob',
  /**
   * What became of the row. `accepted`: the receiver has this content. `removed`: it was told that the key is gone. `refused`: it will
   * not take this content. `left`: the row is no longer in the audience, of which the receiver was not told. `unknown`: an earlier
   * version of Sillage may have sent it. `again`: it is to be sent once more.
   */
  state: 'varchar',
  /** Whether the receiver has some content of this key. */
  told: 'boolean',
  code: 'varchar',
  message: 'varchar',
  id: 'varchar',
  run: 'varchar',
  destination: 'varchar',
  at: 'timestamp',
} as const

export const segmentColumns: Sql = sql.join(Object.keys(columns).map((name) => sql.id(name)))

export const segmentTable: Sql = sql.join(
  Object.entries(columns).map(([name, type]) => sql`${sql.id(name)} ${sql.trusted(type)}`),
)

const ending = '.parquet'
/** A segment that stands for all up to its name. */
const wholeEnding = '.all.parquet'
const partial = '.partial'

/** The segments of a folder that count, oldest first: names of files. */
export function segmentNames(folder: string): readonly string[] {
  if (!existsSync(folder)) return []
  const names = readdirSync(folder).filter((name) => name.endsWith(ending))
  const last = names
    .filter((name) => name.endsWith(wholeEnding))
    .sort()
    .at(-1)
  const from = last === undefined ? '' : baseName(last)
  return names
    .filter((name) => name === last || (!name.endsWith(wholeEnding) && baseName(name) > from))
    .sort((a, b) => (baseName(a) < baseName(b) ? -1 : 1))
}

function baseName(name: string): string {
  return name.replace(/(\.all)?\.parquet$/, '')
}

/** The run that wrote a segment, of the name of its file. */
export function runOfSegment(name: string): string {
  return name.slice(0, name.lastIndexOf('-'))
}

/** The next free name of a run, over the given folders. */
export function nextName(run: string, folders: readonly string[]): string {
  const numbers = folders
    .flatMap((folder) => (existsSync(folder) ? readdirSync(folder) : []))
    .filter((name) => name.startsWith(`${run}-`))
    .map((name) => Number.parseInt(name.slice(run.length + 1), 10))
    .filter((number) => Number.isFinite(number))
  return `${run}-${String(Math.max(0, ...numbers) + 1).padStart(4, '0')}`
}

export interface WrittenRows {
  readonly session: Session
  readonly folder: string
  /** Without ending. */
  readonly name: string
  readonly select: Sql
  /** zstd unless said: of what stays. */
  readonly compression?: 'zstd' | 'snappy'
}

/** Writes rows as one Parquet file: it is there whole and durable, or not at all. Gives the number of rows. */
export async function writeRows({
  session,
  folder,
  name,
  select,
  compression = 'zstd',
}: WrittenRows): Promise<number> {
  makeDurably(folder)
  const file = join(folder, `${name}${ending}`)
  const temporary = `${file}${partial}`
  const { Count: rows } = await session.row<{ Count: number }>(
    `copy (${select.text}) to ${sql.literal(temporary).text} (format parquet, compression ${compression})`,
  )
  faultPoint('state.before_sync')
  syncPath(temporary)
  faultPoint('state.before_rename')
  renameSync(temporary, file)
  syncPath(folder)
  faultPoint('state.after_rename')
  return rows
}

/** Replaces all segments of a folder by one that holds the last word on each key. Gives how many were replaced. */
export async function compactSegments(session: Session, folder: string): Promise<number> {
  const names = segmentNames(folder)
  if (names.length < 2) return 0
  await writeRows({
    session,
    folder,
    name: `${baseName(names.at(-1)!)}.all`,
    select: sql`select ${segmentColumns} from (${lastWords(folder, names)}) order by ${sql.id('key')}`,
  })
  for (const name of names) rmSync(join(folder, name), { force: true })
  syncPath(folder)
  return names.length
}

/**
 * The last word on each key of some segments, given oldest first; in a segment a key stands once. Which segment has the last word is found
 * over keys alone, so that no whole row is sorted or held for a key that has a later one.
 */
export function lastWords(folder: string, names: readonly string[]): Sql {
  const rows = sql`(select *, file_index as age from read_parquet(${sql.list(names.map((name) => join(folder, name)))}))`
  const last = sql`(select ${sql.id('key')}, max(age) as age from ${rows} group by ${sql.id('key')})`
  return sql`select ${segmentColumns} from ${rows} join ${last} last using (${sql.id('key')}, age)`
}

/** Clears away what a killed writer left half-written. */
export function tidySegments(folder: string): void {
  if (!existsSync(folder)) return
  for (const name of readdirSync(folder)) if (name.endsWith(partial)) rmSync(join(folder, name))
}
