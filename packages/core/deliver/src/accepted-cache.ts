import { join } from 'node:path'
import type { Session } from '@sillage/sql'
import { type Sql, sql } from '@sillage/sql'
import {
  compactSegments,
  lastWords,
  runOfSegment,
  segmentColumns,
  segmentNames,
  segmentTable,
} from './segments.ts'

/** The last word on each key of a place, as a table of the working database: a copy of the segments, which can be deleted. */
export interface AcceptedCache {
  readonly session: Session
  readonly folder: string
  readonly place: string
  /** The table. */
  readonly table: Sql
  /** False where the database is open for reading only: what is missing is read from the segments each time. */
  readonly keeps: boolean
}

const register = sql`sillage.delivery_caches`

/** Brings the table in step with the segments. */
export async function refreshCache(cache: AcceptedCache): Promise<void> {
  const { session, folder, table, keeps } = cache
  const names = segmentNames(folder)
  const known = await knownSegments(cache)
  const isPart = known?.every((name, index) => names[index] === name) ?? false
  if (isPart && known!.length === names.length) return
  if (isPart && keeps) {
    for (const name of names.slice(known!.length)) await mergeSegments(cache, [name])
    return
  }
  const select = names.length === 0 ? undefined : lastWords(folder, names)
  await session.run(`create or replace table ${table.text} (${segmentTable.text})`)
  try {
    if (select) await session.run(`insert into ${table.text} ${select.text}`)
  } catch (error) {
    // Another process may have made the segments one while they were read.
    if (String(names) === String(segmentNames(folder))) throw error
    return await refreshCache(cache)
  }
  if (keeps) await noteSegments(cache, names)
}

/** Runs whose segments stand side by side: bounds what is read where there is no table, and is paid for by one run in as many. */
const mostRuns = 64

/** Makes many segments one. The table, which is in step with them, stays. */
export async function compactMany(cache: AcceptedCache): Promise<void> {
  const { session, folder } = cache
  if (new Set(segmentNames(folder).map(runOfSegment)).size <= mostRuns) return
  await compactSegments(session, folder)
  await noteSegments(cache, segmentNames(folder))
}

/** Adds segments, in all of which a key stands once, to the table; `areNew`: none of their keys stands in it. */
export async function mergeSegments(
  cache: AcceptedCache,
  names: readonly string[],
  { areNew = false }: { readonly areNew?: boolean } = {},
): Promise<void> {
  if (names.length === 0) return
  const { session, folder, table } = cache
  const rows = sql`read_parquet(${sql.list(names.map((name) => join(folder, name)))})`
  const known = (await knownSegments(cache)) ?? []
  await session.transaction(async () => {
    if (known.length > 0 && !areNew)
      await session.run(
        sql`delete from ${table} known using ${rows} incoming where known.key = incoming.key`.text,
      )
    await session.run(sql`insert into ${table} select ${segmentColumns} from ${rows}`.text)
    await noteSegments(cache, [...known, ...names])
  })
}

async function knownSegments({
  session,
  place,
  table,
  keeps,
}: AcceptedCache): Promise<readonly string[] | undefined> {
  const [there] = await session.rows(
    `select 1 from duckdb_tables() where schema_name = 'sillage' and table_name = 'delivery_caches'`,
  )
  if (!there && !keeps) return undefined
  await (there ? undefined : makeRegister(session))
  const [row] = await session.rows<{ place: string; segments: readonly string[] }>(
    sql`select place, segments from ${register} where place = ${place}`.text,
  )
  if (!row) return undefined
  const exists = await session
    .run(sql`select 1 from ${table} limit 0`.text)
    .then(() => true)
    .catch(() => false)
  return exists ? row.segments : undefined
}

async function noteSegments({ session, place }: AcceptedCache, names: readonly string[]): Promise<void> {
  await session.run(sql`delete from ${register} where place = ${place}`.text)
  await session.run(sql`insert into ${register} values (${place}, ${sql.list(names)}::varchar[])`.text)
}

async function makeRegister(session: Session): Promise<void> {
  await session.run('create schema if not exists sillage')
  await session.run(`create table if not exists ${register.text} (place varchar, segments varchar[])`)
}
