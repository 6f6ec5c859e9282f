import { existsSync, renameSync, rmSync } from 'node:fs'
import { SillageError } from '@sillage/base'
import { ledgerVersion, olderWorking, openLedger, readVersion } from '@sillage/ledger'
import type { OpenOrder } from '@sillage/steps'
import { spillBytes } from '@sillage/workers'
import { Database } from './database.ts'

/**
 * Opens the working database. One of an older layout is set aside and made anew: it is a cache, but for what it delivered, which the
 * next delivering run takes over. Throws `working_database_newer` for one that a newer Sillage made.
 */
export async function openWorking(order: OpenOrder): Promise<Database> {
  const { paths } = order
  const aside = olderWorking(paths)
  const database = await open(order)
  try {
    const version = await layoutOf(database)
    if (version === undefined || version === ledgerVersion) return database
    if (version > ledgerVersion) throw newerLayout(paths.database, version)
    order.onProgress({
      stage: `working database of layout ${version} is made anew; what it delivered is taken over`,
    })
  } catch (error) {
    await database[Symbol.asyncDispose]()
    throw error
  }
  await database[Symbol.asyncDispose]()
  if (!existsSync(aside)) {
    renameSync(paths.database, aside)
    if (existsSync(`${paths.database}.wal`)) renameSync(`${paths.database}.wal`, `${aside}.wal`)
  }
  // What the one set aside delivered was not taken over yet, and this one delivered nothing since.
  else for (const file of [paths.database, `${paths.database}.wal`]) rmSync(file, { force: true })
  const next = await open(order)
  using session = await next.session()
  await openLedger(session)
  return next
}

function open({ paths, budget, command }: OpenOrder): Promise<Database> {
  return Database.open({
    path: paths.database,
    memoryBytes: budget.duckdbBytes,
    threads: budget.threads,
    tempFolder: paths.temp,
    tempBytes: spillBytes(budget, paths.temp),
    command,
  })
}

/** The layout that was found; the ledger is made where there is none. */
async function layoutOf(database: Database): Promise<number | undefined> {
  using session = await database.session()
  const version = await readVersion(session)
  if (version === undefined || version === ledgerVersion) await openLedger(session)
  return version
}

function newerLayout(path: string, version: number): SillageError {
  return new SillageError({
    code: 'working_database_newer',
    message: `The working database has layout ${version}, made by a newer Sillage; this one knows up to ${ledgerVersion}`,
    hint: `update Sillage; or go on without it, receipts stay in state/: mv ${path} ${path}.newer`,
    facts: { database: path },
  })
}
