import { rmSync } from 'node:fs'
import { attachVersion, currentVersion, type RunPaths, type Stores } from '@sillage/ledger'
import { type Column, sql } from '@sillage/sdk'
import type { Session } from '@sillage/sql'
import { historyName } from './history-name.ts'

/** Fingerprints of the dates that a history holds, by ISO date. */
export type KnownDates = ReadonlyMap<string, string>

interface HistoryFacts {
  readonly stores: Stores
  /** Of the backfill: its store is the history's workshop. */
  readonly paths: RunPaths
  readonly pipeline: string
}

/** The tables of the history in the workshop: columns by table. */
export async function historyTables(session: Session): Promise<ReadonlyMap<string, readonly Column[]>> {
  return await columnsIn(session, { database: 'current_database()', schema: 'history' })
}

async function columnsIn(
  session: Session,
  { database, schema }: { readonly database: string; readonly schema: string },
): Promise<ReadonlyMap<string, readonly Column[]>> {
  const rows = await session.rows<{ table_name: string; name: string; type: string }>(
    `select table_name, column_name as name, data_type as type from duckdb_columns() where database_name = ${database} and schema_name = ${sql.literal(schema).text} order by table_name, column_index`,
  )
  return new Map(
    [...new Set(rows.map(({ table_name }) => table_name))].map((table) => [
      table,
      rows.filter(({ table_name }) => table_name === table).map(({ name, type }) => ({ name, type })),
    ]),
  )
}

/** What is known before anything is computed; changes nothing. */
export async function peekHistory({ paths, pipeline, stores }: HistoryFacts): Promise<KnownDates> {
  await using kept = await stores.openKept({ paths, readOnly: true })
  if (kept?.isCurrent && (await hasHistory(kept.session)))
    return await datesOf(kept.session, 'sillage.history')
  const published = currentVersion(paths.marts, historyName(pipeline))
  if (published === undefined) return new Map()
  await using database = await stores.openDatabase({ path: ':memory:' })
  using session = await database.session()
  await attachVersion(session, { file: published, alias: 'published' })
  return await datesOf(session, 'published.sillage.dates')
}

/**
 * Makes the workshop ready and tells which dates it holds. Where it is new it begins with what was published, so that a date which
 * is not computed again stays in the history.
 */
export async function openHistory({
  paths,
  pipeline,
  command,
  stores,
}: HistoryFacts & { readonly command: string }): Promise<KnownDates> {
  await dropOtherLayout({ paths, command, stores })
  await using kept = (await stores.openKept({ paths, command, create: true }))!
  const { session } = kept
  if (!(await hasHistory(session))) await seed(session, { paths, pipeline })
  return await datesOf(session, 'sillage.history')
}

async function dropOtherLayout({
  paths,
  command,
  stores,
}: Omit<HistoryFacts, 'pipeline'> & { readonly command: string }): Promise<void> {
  {
    await using kept = await stores.openKept({ paths, command })
    if (!kept || kept.isCurrent) return
  }
  for (const path of stores.filesOf(paths).store) rmSync(path, { recursive: true, force: true })
}

async function hasHistory(session: Session): Promise<boolean> {
  const found = await session.rows(
    `select 1 from duckdb_tables() where schema_name = 'sillage' and table_name = 'history'`,
  )
  return found.length > 0
}

async function seed(session: Session, { paths, pipeline }: Omit<HistoryFacts, 'stores'>): Promise<void> {
  const published = currentVersion(paths.marts, historyName(pipeline))
  if (published !== undefined) await attachVersion(session, { file: published, alias: 'published' })
  const tables =
    published === undefined
      ? []
      : [...(await columnsIn(session, { database: `'published'`, schema: 'main' })).keys()]
  await session.transaction(async () => {
    await session.run('create schema if not exists sillage')
    await session.run('create schema if not exists history')
    for (const table of tables)
      await session.run(
        sql`create or replace table ${sql.id('history', table)} as select * from ${sql.id('published', 'main', table)}`
          .text,
      )
    await session.run(
      'create table sillage.history (as_of date primary key, fingerprint varchar, run varchar, computed_at timestamp)',
    )
    if (published !== undefined)
      await session.run('insert into sillage.history select * from published.sillage.dates')
  })
  if (published !== undefined) await session.run('detach published')
}

async function datesOf(session: Session, table: string): Promise<KnownDates> {
  const rows = await session.rows<{ as_of: string; fingerprint: string }>(
    `select as_of, fingerprint from ${table}`,
  )
  return new Map(rows.map(({ as_of, fingerprint }) => [as_of, fingerprint]))
}
