import { existsSync } from 'node:fs'
import {
  type Kept,
  type KeptOrder,
  keptRelations,
  ledgerVersion,
  openLedger,
  readVersion,
  SqlLedger,
  type StoreFiles,
} from '@sillage/ledger'
import { Database } from '../database.ts'
import type { Session } from '../session.ts'
import { compact } from './compact.ts'
import { rebuild } from './rebuild.ts'

/** Opens the working database between runs. */
export async function openKept(order: KeptOrder): Promise<Kept | undefined> {
  const { paths, command, readOnly, create = false, memoryBytes, tempFolder } = order
  const { database: path } = paths
  if (!create && !existsSync(path)) return undefined
  const database = await Database.open({
    path,
    ...(command === undefined ? {} : { command }),
    ...(readOnly === undefined ? {} : { readOnly }),
    ...(memoryBytes === undefined ? {} : { memoryBytes }),
    ...(tempFolder === undefined ? {} : { tempFolder }),
  })
  try {
    const session = await database.session()
    if (create) await openLedger(session)
    const isCurrent = (await readVersion(session)) === ledgerVersion
    return new KeptDatabase({ database, session, isCurrent })
  } catch (error) {
    await database[Symbol.asyncDispose]()
    throw error
  }
}

/** A database, its log, and what compacting and spilling leave. */
export function filesOf({ database }: KeptOrder['paths']): StoreFiles {
  return {
    store: [database, `${database}.wal`],
    leftovers: [`${database}.next`, `${database}.next.wal`, `${database}.tmp`],
  }
}

class KeptDatabase implements Kept {
  readonly isCurrent: boolean
  readonly ledger: SqlLedger
  readonly session: Session
  readonly #database: Database

  constructor({
    database,
    session,
    isCurrent,
  }: { readonly database: Database; readonly session: Session; readonly isCurrent: boolean }) {
    this.isCurrent = isCurrent
    this.session = session
    this.ledger = new SqlLedger(session)
    this.#database = database
  }

  relations: Kept['relations'] = async () => await keptRelations(this.session)

  ask: Kept['ask'] = async (text) => await this.session.ask(text)

  rebuild: Kept['rebuild'] = async (order) => await rebuild(this.#database, this.session, order)

  compact: Kept['compact'] = async (options) => await compact(this.#database, this.session, options)

  async [Symbol.asyncDispose](): Promise<void> {
    this.session[Symbol.dispose]()
    await this.#database[Symbol.asyncDispose]()
  }
}
