import { recordRejects } from '@sillage/ledger'
import type { Step } from '@sillage/plan'
import { sql } from '@sillage/sdk'
import {
  countUnread,
  type MadeRows,
  measureRows,
  type Order,
  prepareSuppression,
  type ScanWork,
  stepTable,
  unreadLines,
  withoutSuppressed,
} from '@sillage/steps'
import { newRows, nextRow } from './narrow.ts'
import { rejectedBy, unreadRows } from './relations.ts'
import { countSuppressed, recordSuppressed } from './suppression.ts'
import type { Workshop } from './workshop.ts'

/** Before the transaction of a scan: what its statement reads beside files. */
export async function prepareScan(step: ScanWork['step'], shop: Workshop): Promise<void> {
  if (step.attach)
    await shop.session.run(
      `attach if not exists ${sql.literal(step.attach.path).text} as ${sql.id(step.attach.alias).text} (read_only)`,
    )
  await prepareSuppression(shop.session, step, shop.order.suppressions)
}

/** Stores a source as a table. */
export async function makeScan(step: ScanWork['step'], order: Order, shop: Workshop): Promise<MadeRows> {
  if (order.how.kind === 'append') return await appendScan(step, order.how.since, shop)
  const { sample } = shop.order
  const limit = sample === undefined ? '' : `\nlimit ${sample}`
  const select = withoutSuppressed(`${step.select}${limit}`, step)
  await shop.session.run(`create or replace table ${stepTable(step.stage).text} as\n${select}`)
  const unread = await keepRefused(step, shop)
  const { accepted, refused } = await measureRows(shop.session, step)
  const keptOut = await countSuppressed(step, 0, shop)
  await recordSuppressed(step, keptOut, shop)
  return {
    read: undefined,
    accepted: accepted - keptOut,
    refused: unread + refused,
    grouped: undefined,
    keptOut,
    outputs: {},
  }
}

/** Adds the rows that were not there at the last scan. */
async function appendScan(
  step: ScanWork['step'],
  since: Parameters<typeof newRows>[0],
  shop: Workshop,
): Promise<MadeRows> {
  const [narrowed] = await newRows(since, shop)
  const { only, refused } = narrowed!
  const first = await nextRow(step.stage, shop)
  const select = withoutSuppressed(only, step)
  await shop.session.run(`insert into ${stepTable(step.stage).text} by name\n${select}`)
  const before = await unreadRows(step.stage, shop.session)
  if (refused !== undefined) await addRefused(step.stage, refused, shop)
  const rejected = (await unreadRows(step.stage, shop.session)) - before
  const rows = (await nextRow(step.stage, shop)) - first
  const keptOut = await countSuppressed(step, first, shop)
  await recordSuppressed(step, await countSuppressed(step, 0, shop), shop)
  return {
    read: undefined,
    accepted: rows - keptOut,
    refused: rejected,
    grouped: undefined,
    keptOut,
    outputs: {},
  }
}

/** After the scan, on its connection: keeps the rows that the scan itself refused as `reject.<stage>`. Returns how many. */
export async function keepRefused(
  { stage, refused }: Pick<Step, 'stage'> & { readonly refused?: string | undefined },
  shop: Workshop,
): Promise<number> {
  if (refused === undefined) return 0
  await shop.session.run(`create or replace table ${stepTable(stage, 'refused').text} as\n${refused}`)
  await shop.session.run(
    `create or replace view ${sql.id('reject', stage).text} as ${unreadLines(stage, rejectedBy(stage))}`,
  )
  return await countRefusals(stage, shop)
}

/** After the scan of new rows, on its connection: adds those that it refused. */
export async function addRefused(stage: string, refused: string, shop: Workshop): Promise<void> {
  await shop.session.run(`insert into ${stepTable(stage, 'refused').text}\n${refused}`)
  await countRefusals(stage, shop)
}

async function countRefusals(stage: string, { session, order }: Workshop): Promise<number> {
  const rejects = await countUnread(session, stage)
  await recordRejects(session, { run: order.run, stage, rejects })
  return rejects.reduce((sum, { rows }) => sum + rows, 0)
}
