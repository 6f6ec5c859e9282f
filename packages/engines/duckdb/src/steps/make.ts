import { forgetWarnings } from '@sillage/ledger'
import type { Fitted, Made, MadeRows, Order } from '@sillage/steps'
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
    const fitted = await prepare(order, shop)
    await session.begin()
    try {
      await forgetWarnings(session, order.step.stage)
      const making = await makeRanges(order, fitted, shop)
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

/** What must happen outside the step's transaction. What needs Arrow is loaded where it is used: a run without new rows can do without. */
async function prepare({ step, work, how }: Order, shop: Workshop): Promise<Fitted | undefined> {
  if (how.kind === 'replay') return undefined
  if (step.style === 'source') await prepareScan(step, shop)
  return step.style === 'model' && work.kind === 'fit'
    ? await (await import('./fit.ts')).fitModel(step, work, shop)
    : undefined
}

async function makeRanges(order: Order, fitted: Fitted | undefined, shop: Workshop): Promise<Making> {
  const { step, how } = order
  if (how.kind === 'replay')
    return { ...(await (await import('./replay.ts')).replay(order, shop)), replace: true }
  const first_row = how.kind === 'append' ? await nextRow(step.stage, shop) : 0
  const rows = await makeRows(order, fitted, shop)
  const written = (await nextRow(step.stage, shop)) - first_row
  const { fingerprint } = step
  const range = { fingerprint, first_row, rows: written, run: shop.order.run }
  return { rows, ranges: [range], replace: how.kind !== 'append' }
}

async function makeRows(order: Order, fitted: Fitted | undefined, shop: Workshop): Promise<MadeRows> {
  const { step, work, how } = order
  switch (step.style) {
    case 'source':
      return await makeScan(step, order, shop)
    case 'sql':
      return await makeSelect(step, order, shop)
    case 'batch':
      if (work.kind !== 'map') throw new Error('a batch step is mapped')
      return await (await import('./map.ts')).makeMap(step, { how, work }, shop)
    case 'model':
      return await (await import('./fit.ts')).makeFit(step, fitted!, shop)
  }
}
