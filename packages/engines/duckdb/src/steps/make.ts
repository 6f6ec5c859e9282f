import { forgetWarnings } from '@sillage/ledger'
import type { Fitted, Made, MadeRows, Order } from '@sillage/steps'
import type { ProgramStatements } from '@sillage/workers'
import { MadeInTransaction, type Making } from './made.ts'
import { nextRow } from './narrow.ts'
import { makeScan, prepareScan } from './scan.ts'
import { makeSelect } from './select.ts'
import { watch } from './watch.ts'
import type { Workshop } from './workshop.ts'

/** Makes the rows of a step in a transaction that stays open until they are committed or disposed of. */
export async function makeStep(order: Order, shop: Workshop): Promise<Made> {
  const { session } = shop
  const ended = watch(order.step.stage, shop)
  try {
    const prepared = await prepare(order, shop)
    await session.begin()
    try {
      await forgetWarnings(session, order.step.stage)
      const making = await makeRanges(order, prepared, shop)
      return new MadeInTransaction({ order, making, shop, ended })
    } catch (error) {
      await session.rollback()
      throw error
    }
  } catch (error) {
    ended()
    throw error
  }
}

/** What was done before the step's transaction. */
interface Prepared {
  readonly fitted?: Fitted
  readonly statements?: ProgramStatements
}

/** What must happen outside the step's transaction. What needs Arrow is loaded where it is used: a run without new rows can do without. */
async function prepare({ work, how }: Order, shop: Workshop): Promise<Prepared> {
  if (how.kind === 'replay') return {}
  if (work.kind === 'scan') await prepareScan(work.step, shop)
  if (work.kind === 'map') await (await import('./map.ts')).sortInput(work.step, shop)
  if (work.kind === 'fit') return { fitted: await (await import('./fit.ts')).fitModel(work, shop) }
  if (work.kind === 'program')
    return { statements: await (await import('./program.ts')).runProgram(work, shop) }
  return {}
}

async function makeRanges(order: Order, prepared: Prepared, shop: Workshop): Promise<Making> {
  const { step, how } = order
  if (how.kind === 'replay')
    return { ...(await (await import('./replay.ts')).replay(order, shop)), replace: true }
  const first_row = how.kind === 'append' ? await nextRow(step.stage, shop) : 0
  const rows = await makeRows(order, prepared, shop)
  const written = (await nextRow(step.stage, shop)) - first_row
  const { fingerprint } = step
  const range = { fingerprint, first_row, rows: written, run: shop.order.run }
  return { rows, ranges: [range], replace: how.kind !== 'append' }
}

async function makeRows(order: Order, prepared: Prepared, shop: Workshop): Promise<MadeRows> {
  const { work, how } = order
  switch (work.kind) {
    case 'scan':
      return await makeScan(work.step, order, shop)
    case 'select':
      return await makeSelect(work.step, order, shop)
    case 'map':
      return await (await import('./map.ts')).makeMap(work, how, shop)
    case 'fit':
      return await (await import('./fit.ts')).makeFit(work.step, prepared.fitted!, shop)
    case 'program':
      return await (await import('./program.ts')).makeProgram(work.step, prepared.statements!, shop)
  }
}
