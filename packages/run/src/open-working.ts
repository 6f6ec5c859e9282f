import { existsSync, renameSync, rmSync } from 'node:fs'
import { SillageError } from '@sillage/base'
import { sql } from '@sillage/sdk'
import { Database, ledgerVersion, openLedger, readVersion, type Session } from '@sillage/store'
import { type Budget, spillBytes } from './budget.ts'
import type { RunOptions } from './options.ts'
import type { RunPaths } from './paths.ts'

interface WorkingFacts {
  readonly options: RunOptions
  readonly budget: Budget
}

/**
 * Opens the working database. One of an older layout is set aside and made anew: it is a cache, but for its deliveries, which are
 * carried over (messages that wait to be sent with them). A run that is killed on the way leaves the old one for the next to finish.
 * Throws `working_database_newer` for one that a newer Sillage made.
 */
export async function openWorking(paths: RunPaths, facts: WorkingFacts): Promise<Database> {
  const aside = `${paths.database}.older`
  if (!existsSync(aside)) {
    const database = await open(paths, facts)
    const version = await layoutOf(database).catch(async (error: unknown) => {
      await database[Symbol.asyncDispose]()
      throw error
    })
    if (version === undefined || version === ledgerVersion) return database
    await database[Symbol.asyncDispose]()
    if (version > ledgerVersion) throw newerLayout(paths.database, version)
    facts.options.onEvent({
      kind: 'step_progress',
      stage: `working database of layout ${version} is made anew; its deliveries are kept`,
    })
    renameSync(paths.database, aside)
    if (existsSync(`${paths.database}.wal`)) renameSync(`${paths.database}.wal`, `${aside}.wal`)
  }
  const next = await open(paths, facts)
  try {
    using session = await next.session()
    await openLedger(session)
    await carryDeliveries(session, aside)
  } catch (error) {
    await next[Symbol.asyncDispose]()
    throw error
  }
  rmSync(aside, { force: true })
  rmSync(`${aside}.wal`, { force: true })
  return next
}

function open(paths: RunPaths, { options, budget }: WorkingFacts): Promise<Database> {
  return Database.open({
    path: paths.database,
    memoryBytes: budget.duckdbBytes,
    threads: budget.threads,
    tempFolder: paths.temp,
    tempBytes: spillBytes(budget, paths.temp),
    command: options.command,
  })
}

/** The layout that was found; the ledger is made where there is none. */
async function layoutOf(database: Database): Promise<number | undefined> {
  using session = await database.session()
  const version = await readVersion(session)
  if (version === undefined || version === ledgerVersion) await openLedger(session)
  return version
}

/** Copies the deliveries of an older ledger, column by column of the same name. Known ones stay as they are, so it may happen twice. */
async function carryDeliveries(session: Session, aside: string): Promise<void> {
  await session.run(`attach ${sql.literal(aside).text} as older`)
  try {
    const names = async (catalog: string): Promise<readonly string[]> =>
      (
        await session.rows<{ name: string }>(
          `select column_name as name from duckdb_columns() where database_name = ${catalog} and schema_name = 'sillage' and table_name = 'deliveries'`,
        )
      ).map((row) => row.name)
    const now = await names('current_database()')
    const shared = (await names(`'older'`)).filter((name) => now.includes(name))
    if (shared.length === 0) return
    const list = sql.join(shared.map((name) => sql.id(name))).text
    await session.run(
      `insert or ignore into sillage.deliveries (${list}) select ${list} from older.sillage.deliveries`,
    )
  } finally {
    await session.run('detach older')
  }
}

function newerLayout(path: string, version: number): SillageError {
  return new SillageError({
    code: 'working_database_newer',
    message: `The working database has layout ${version}, made by a newer Sillage; this one knows up to ${ledgerVersion}`,
    hint: `update Sillage; or go on without it, receipts stay in state/: mv ${path} ${path}.newer`,
    facts: { database: path },
  })
}
