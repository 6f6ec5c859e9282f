import { existsSync } from 'node:fs'
import { ledgerVersion, readVersion, SqlLedger, SqlMarts } from '@sillage/ledger'
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
import { Database } from './database.ts'
import { filesOf, openKept } from './kept/kept-database.ts'
import { openWorking } from './open-working.ts'
import type { Session } from './session.ts'
import { makeStep } from './steps/make.ts'
import { dropProgramTables, forgetStrangers } from './steps/relations.ts'
import type { Workshop } from './steps/workshop.ts'

/** One machine: the steps of a pipeline are tables and views of its working database, which holds the ledger too. */
export const duckdbEngine: Engine = {
  open: async (order) => {
    const database = await openWorking(order)
    try {
      const session = await database.session()
      await createSchemas(session)
      return new WorkingDatabase(database, session, order)
    } catch (error) {
      await database[Symbol.asyncDispose]()
      throw error
    }
  },
  peek: async ({ database: path }) => {
    if (!existsSync(path)) return undefined
    await using database = await Database.open({ path, readOnly: true })
    using session = await database.session()
    if ((await readVersion(session)) !== ledgerVersion) return undefined
    return await new SqlLedger(session).known()
  },
  openKept,
  filesOf,
  openDatabase: (options) => Database.open(options),
}

class WorkingDatabase implements Working {
  readonly ledger: SqlLedger
  readonly marts: SqlMarts
  readonly relations: Relations
  readonly session: Session
  readonly #database: Database
  readonly #order: OpenOrder
  #steps: ReadonlyMap<string, Step> = new Map()

  constructor(database: Database, session: Session, order: OpenOrder) {
    this.session = session
    this.ledger = new SqlLedger(session)
    this.marts = new SqlMarts(session)
    this.#database = database
    this.#order = order
    this.relations = {
      follow: async (steps) => {
        this.#steps = new Map(steps.map((step) => [step.stage, step]))
        await dropStrangers(session, steps)
        await dropProgramTables(session, steps)
        await forgetStrangers(session, steps)
      },
      show: async (step) => await createView(session, step, order.sample),
      ...figuresOf(session),
    }
  }

  readonly maker: Maker = {
    make: async (order) => await makeStep(order, this.#shop()),
    fill: async (step, from) => {
      const isKnown = from === 'the last batch'
      return step.whole === true
        ? await (await import('./steps/filling-whole.ts')).WholeSourceTable.open(step, this.#shop(), isKnown)
        : await (await import('./steps/filling.ts')).SourceTable.open(step, this.#shop(), isKnown)
    },
    copy: async (step, from) => await (await import('./steps/copy.ts')).copySource(step, from, this.#shop()),
  }

  #shop(): Workshop {
    return { database: this.#database, session: this.session, order: this.#order, steps: this.#steps }
  }

  interrupt(): void {
    this.#database.interrupt()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.session[Symbol.dispose]()
    await this.#database[Symbol.asyncDispose]()
  }
}
