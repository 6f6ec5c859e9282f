import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Database, type Session } from '@sillage/duckdb'
import { sql } from '@sillage/sdk'

/** Relations by name, as CSV text whose lines are sorted. */
export type Snapshot = ReadonlyMap<string, string>

/** The tables of a mart as a reader finds them by its link; undefined where there is no mart. Throws where it is no whole database. */
export async function martSnapshot(link: string): Promise<Snapshot | undefined> {
  if (!existsSync(link)) return undefined
  await using database = await Database.open({ path: realpathSync(link), readOnly: true, threads: 2 })
  using session = await database.session()
  const { run } = await session.row<{ run: string }>('select run from sillage.runs')
  if (!realpathSync(link).endsWith(`${run}.duckdb`)) throw new Error(`the mart of ${run} has another name`)
  const tables = await session.rows<{ name: string }>(
    `select table_name as name from duckdb_tables() where schema_name = 'main' order by 1`,
  )
  return await exported(
    session,
    tables.map(({ name }) => [`mart ${name}`, `select * from ${sql.id(name).text}`]),
  )
}

/** Refused rows and counts, from the working database. Only for a pipeline that no run works on. */
export async function workSnapshot(path: string): Promise<Snapshot> {
  await using database = await Database.open({ path, readOnly: true, threads: 2 })
  using session = await database.session()
  const rejects = await session.rows<{ name: string }>(
    `select view_name as name from duckdb_views() where schema_name = 'reject' order by 1`,
  )
  return await exported(session, [
    ...rejects.map(({ name }): readonly [string, string] => [
      `reject ${name}`,
      `select columns(lambda name: name not in ('run', 'at')) from ${sql.id('reject', name).text}`,
    ]),
    ['counts', 'select stage, rows_in, rows_out, rejected, merged, filtered from sillage.current'],
    ['reasons', 'select stage, code, column_name, message, rows from sillage.rejects'],
  ])
}

async function exported(
  session: Session,
  relations: readonly (readonly [name: string, select: string])[],
): Promise<Snapshot> {
  const folder = mkdtempSync(join(tmpdir(), 'sillage-export-'))
  try {
    const texts = new Map<string, string>()
    for (const [name, select] of relations) {
      const file = join(folder, 'relation.csv')
      await session.run(
        `copy (select * from (${select}) order by all) to ${sql.literal(file).text} (format csv)`,
      )
      texts.set(name, readFileSync(file, 'utf8'))
    }
    return texts
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

export function isSame(a: Snapshot, b: Snapshot): boolean {
  return a.size === b.size && [...a].every(([name, text]) => b.get(name) === text)
}

export interface Difference {
  readonly lost: number
  readonly twice: number
  /** Names of the relations that differ. */
  readonly where: readonly string[]
}

/** Lines of `wanted` that `found` lacks, and lines that it has beyond them. */
export function differenceOf(wanted: Snapshot, found: Snapshot): Difference {
  let lost = 0
  let twice = 0
  const where: string[] = []
  for (const name of new Set([...wanted.keys(), ...found.keys()])) {
    if (wanted.get(name) === found.get(name)) continue
    const balance = new Map<string, number>()
    for (const line of (wanted.get(name) ?? '').split('\n')) balance.set(line, (balance.get(line) ?? 0) + 1)
    for (const line of (found.get(name) ?? '').split('\n')) balance.set(line, (balance.get(line) ?? 0) - 1)
    for (const left of balance.values()) {
      lost += Math.max(0, left)
      twice += Math.max(0, -left)
    }
    where.push(name)
  }
  return { lost, twice, where }
}
