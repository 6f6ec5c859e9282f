import { join } from 'node:path'
import { sql } from '@sillage/sdk'
import {
  measureRows,
  prepareSuppression,
  type ScanWork,
  stepTable,
  suppressedRecord,
  withoutSuppressed,
} from '@sillage/steps'
import { selectRows } from './parquet-rows.ts'
import { keepUnread, named, storeRows } from './store-rows.ts'
import type { Making, Workshop } from './workshop.ts'

/** Before the transaction of a scan: what its statement reads beside files. */
export async function prepareScan(step: ScanWork['step'], { session, order }: Workshop): Promise<void> {
  if (step.attach)
    await session.run(
      `attach if not exists ${sql.literal(step.attach.path).text} as ${sql.id(step.attach.alias).text} (read_only)`,
    )
  await prepareSuppression(session, step, order.suppressions)
}

/** Stores a source: one partition, since only its own statement knows its files. */
export async function makeScan(step: ScanWork['step'], folder: string, shop: Workshop): Promise<Making> {
  const { session, order } = shop
  const { stage } = step
  const limit = order.sample === undefined ? '' : `\nlimit ${order.sample}`
  const rows = await storeRows(
    withoutSuppressed(`${step.select}${limit}`, step),
    join(folder, '0.parquet'),
    shop,
  )
  const { relations, rejects } = await keepUnread([step], folder, shop)
  await session.run(`create or replace view ${stepTable(stage).text} as ${selectRows(rows).text}`)
  const { accepted, refused } = await measureRows(session, step)
  const keptOut = step.suppressed.length === 0 ? 0 : await countForgotten(stage, shop)
  const unread = rejects?.[stage]?.records ?? []
  const records = [...unread, ...(keptOut > 0 ? [suppressedRecord(stage, keptOut)] : [])]
  return {
    rows: {
      read: undefined,
      accepted: accepted - keptOut,
      refused: refused + unread.reduce((sum, one) => sum + one.rows, 0),
      grouped: undefined,
      keptOut,
      outputs: {},
    },
    change: {
      relations: { ...relations, [stage]: named(rows, shop) },
      rejects: { [stage]: { run: order.run, records } },
    },
  }
}

async function countForgotten(stage: string, { session }: Workshop): Promise<number> {
  const { n } = await session.row<{ n: number }>(
    `select count(*) as n from ${stepTable(stage).text} where _forgotten`,
  )
  return n
}
