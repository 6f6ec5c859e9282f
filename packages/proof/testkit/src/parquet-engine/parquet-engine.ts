import { Database, type Session } from '@sillage/duckdb'
import { dropProgramTables } from '@sillage/duckdb/programs'
import { type RunPaths, SqlMarts } from '@sillage/ledger'
import type { Step } from '@sillage/plan'
import {
  createSchemas,
  createView,
  dropStrangers,
  type Engine,
  figuresOf,
  type Maker,
  type OpenOrder,
  type Relations,
  type Working,
} from '@sillage/steps'
import { copySource } from './copy.ts'
import { ParquetFilling } from './filling.ts'
import { filesOf, openKept } from './kept.ts'
import { makeStep } from './make-step.ts'
import { showAll } from './relations.ts'
import { readSnapshot, SnapshotStore, storeFolder } from './snapshot.ts'
import { knownOf, SnapshotLedger } from './snapshot-ledger.ts'
import type { Workshop } from './workshop.ts'

/**
 * A second engine, as plain as can be: the rows of each step are Parquet files in a folder, one a partition of what it reads, and data and ledger
 * are what one named snapshot says. The database of a run holds views, and its lock says whose the store is.
 */
export function parquetEngine({ partitions }: { readonly partitions: number }): Engine {
  return {
    open: async (order) => {
      const { paths, budget, command } = order
      const { database: path, temp: tempFolder } = paths
      const database = await Database.open({
        path,
        memoryBytes: budget.duckdbBytes,
        threads: budget.threads,
        tempFolder,
        command,
      })
      try {
        const session = await database.session()
        await createSchemas(session)
        await dropStrangers(session, [])
        return new ParquetWorking({ database, session, order, partitions })
      } catch (error) {
        await database[Symbol.asyncDispose]()
        throw error
      }
    },
    peek: async ({ database }: Pick<RunPaths, 'database'>) => {
      const found = readSnapshot(storeFolder(database))
      return found && knownOf(found)
    },
    openKept,
    filesOf,
    openDatabase: (options) => Database.open(options),
  }
}

class ParquetWorking implements Working {
  readonly ledger: SnapshotLedger
  readonly relations: Relations
  readonly marts: SqlMarts
  readonly maker: Maker
  readonly session: Session
  readonly #database: Database

  constructor({
    database,
    session,
    order,
    partitions,
  }: {
    readonly database: Database
    readonly session: Session
    readonly order: OpenOrder
    readonly partitions: number
  }) {
    const store = new SnapshotStore(storeFolder(order.paths.database))
    let steps: ReadonlyMap<string, Step> = new Map()
    const isToBeMade = ({ stage, fingerprint }: Step): boolean =>
      store.now.steps[stage]?.fingerprint !== fingerprint
    const shop = (): Workshop => ({ database, session, store, order, partitions, steps })
    this.#database = database
    this.session = session
    this.ledger = new SnapshotLedger(store)
    this.marts = new SqlMarts(session)
    this.relations = {
      follow: async (followed) => {
        steps = new Map(followed.map((step) => [step.stage, step]))
        store.keep(new Set(steps.keys()))
        await dropStrangers(session, followed)
        await dropProgramTables(session, followed.filter(isToBeMade))
        await showAll(store.now, shop())
      },
      show: (step) => createView(session, step, order.sample),
      ...figuresOf(session),
    }
    this.maker = {
      make: (made) => makeStep(made, shop()),
      fill: (step, from) => ParquetFilling.open(step, shop(), from === 'the last batch'),
      copy: (step, from) => copySource(step, from, shop()),
    }
  }

  interrupt(): void {
    this.#database.interrupt()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.session[Symbol.dispose]()
    await this.#database[Symbol.asyncDispose]()
  }
}
