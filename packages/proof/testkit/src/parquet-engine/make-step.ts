import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import {
  countOwnWarnings,
  countReasons,
  type Fitted,
  type Made,
  type MadeRecord,
  type MadeRows,
  type Order,
  replayImpossible,
} from '@sillage/steps'
import type { ProgramStatements } from '@sillage/workers'
import { fitModel, makeFit } from './fit.ts'
import { makeMap } from './map.ts'
import { makeProgram, runProgram } from './program.ts'
import { showStep, showUnread } from './relations.ts'
import { makeScan, prepareScan } from './scan.ts'
import { makeSelect } from './select.ts'
import type { Change, Snapshot } from './snapshot.ts'
import type { Making, Workshop } from './workshop.ts'

/** Makes the rows of a step as files. Whatever its statements did to the session is undone: a commit shows them. */
export async function makeStep(order: Order, shop: Workshop): Promise<Made> {
  const { step, how, work } = order
  if (how.kind !== 'whole') throw replayImpossible(step, 'this engine keeps no positions of rows')
  const { session, store } = shop
  const folder = store.newFolder(step.stage, shop.order.run)
  const read = join(folder, 'read')
  mkdirSync(read)
  try {
    if (work.kind === 'scan') await prepareScan(work.step, shop)
    const fitted = work.kind === 'fit' ? await fitModel(work, read, shop) : undefined
    const statements = work.kind === 'program' ? await runProgram(work, shop) : undefined
    await session.begin()
    try {
      return new MadeFiles({
        order,
        folder,
        shop,
        making: await makeRows({ order, fitted, statements, folder }, shop),
      })
    } finally {
      await session.rollback()
    }
  } catch (error) {
    rmSync(folder, { recursive: true, force: true })
    throw error
  } finally {
    rmSync(read, { recursive: true, force: true })
  }
}

async function makeRows(
  {
    order,
    fitted,
    statements,
    folder,
  }: {
    readonly order: Order
    readonly fitted: Fitted | undefined
    readonly statements: ProgramStatements | undefined
    readonly folder: string
  },
  shop: Workshop,
): Promise<Making> {
  const { work, fused } = order
  switch (work.kind) {
    case 'scan':
      return await makeScan(work.step, folder, shop)
    case 'select':
      return await makeSelect(work.step, { fused, folder }, shop)
    case 'map':
      return await makeMap(work, folder, shop)
    case 'fit':
      return await makeFit(work.step, { fitted: fitted!, folder }, shop)
    case 'program':
      return await makeProgram(work, { statements: statements!, folder }, shop)
  }
}

class MadeFiles implements Made {
  readonly rows: MadeRows
  readonly #order: Order
  readonly #change: Change
  readonly #committed: Making['committed']
  readonly #folder: string
  readonly #shop: Workshop
  #isOpen = true

  constructor(facts: {
    readonly order: Order
    readonly making: Making
    readonly folder: string
    readonly shop: Workshop
  }) {
    this.rows = facts.making.rows
    this.#order = facts.order
    this.#change = facts.making.change
    this.#committed = facts.making.committed
    this.#folder = facts.folder
    this.#shop = facts.shop
  }

  /** The session shows the files before the snapshot names them, in a transaction that ends as the naming does. */
  async commit({ counts, seconds, warnings }: MadeRecord): Promise<void> {
    const { session, store, order } = this.#shop
    const { step, fused } = this.#order
    const { stage, fingerprint } = step
    const { run } = order
    await session.transaction(async () => {
      const next: Snapshot = {
        ...store.now,
        relations: { ...store.now.relations, ...this.#change.relations },
      }
      for (const one of [...fused, step]) await showUnread(one, next, this.#shop)
      await showStep(step, next, this.#shop)
      const own = step.rejects.length > 0 && counts.rejected > 0 ? await countReasons(session, step) : []
      const unread = step.style === 'source' ? (this.#change.rejects?.[stage]?.records ?? []) : []
      const counted = await countOwnWarnings(session, step)
      store.commit({
        ...this.#change,
        steps: { [stage]: { ...counts, stage, fingerprint, run, seconds } },
        parts: Object.fromEntries(
          [step, ...fused].map((one) => [
            one.stage,
            { stage: one.stage, fingerprint: one.fingerprint, parts: JSON.stringify(one.parts) },
          ]),
        ),
        rejects: { ...this.#change.rejects, [stage]: { run, records: [...own, ...unread] } },
        warnings: { [stage]: [...(this.#change.warnings?.[stage] ?? []), ...counted, ...warnings] },
      })
      this.#isOpen = false
    })
    await this.#committed?.()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#isOpen) rmSync(this.#folder, { recursive: true, force: true })
    this.#isOpen = false
  }
}
