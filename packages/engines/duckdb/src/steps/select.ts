import { referenceSql } from '@sillage/plan'
import { sql } from '@sillage/sdk'
import { type MadeRows, measureRows, type Order, type SelectWork, stepTable, toldRead } from '@sillage/steps'
import { behind, narrow, newRows, nextRow, rowsOfKeys, widen } from './narrow.ts'
import { storeOutputs } from './outputs.ts'
import { addRefused, keepRefused } from './scan.ts'
import type { Workshop } from './workshop.ts'

/** Stores a SQL step: one statement over the views before it, then its counts, then its further outputs. */
export async function makeSelect(step: SelectWork['step'], order: Order, shop: Workshop): Promise<MadeRows> {
  const { how } = order
  if (how.kind === 'append') return await appendSelect(step, how.since, shop)
  if (how.kind === 'regroup') return await regroup(step, how, shop)
  await shop.session.run(`create or replace table ${stepTable(step.stage).text} as\n${step.select}`)
  for (const source of order.fused) await keepRefused(source, shop)
  const measured = await measureRows(shop.session, step)
  const selects = Object.entries(step.outputs).map(([output, { select }]) => [output, select] as const)
  const outputs = await storeOutputs(step, Object.fromEntries(selects), shop)
  return { ...measured, read: toldRead(step, measured), outputs }
}

/** Adds what the new rows of its inputs make. */
async function appendSelect(
  step: SelectWork['step'],
  since: Parameters<typeof newRows>[0],
  shop: Workshop,
): Promise<MadeRows> {
  const narrowed = await newRows(since, shop)
  const first = await nextRow(step.stage, shop)
  await narrow(narrowed, shop)
  await shop.session.run(`insert into ${stepTable(step.stage).text} by name\n${step.select}`)
  for (const { stage, refused } of narrowed) if (refused !== undefined) await addRefused(stage, refused, shop)
  const measured = await measureRows(shop.session, step, behind(first))
  const read = toldRead(step, measured) ?? (await countRead(step, shop))
  await widen(narrowed, shop)
  return { ...measured, read, grouped: undefined }
}

/** Makes the groups of the new rows' keys again, from all rows of these keys, and leaves the others as they are. `read` counts the new rows alone. */
async function regroup(
  step: SelectWork['step'],
  { since, keyed }: Extract<Order['how'], { readonly kind: 'regroup' }>,
  shop: Workshop,
): Promise<MadeRows> {
  const { session, steps } = shop
  const narrowed = await newRows(since, shop)
  const keys = stepTable(step.stage, 'keys').text
  const touched = await rowsOfKeys(step, { keyed, keys }, shop)
  const table = stepTable(step.stage).text
  const list = sql.join(step.key.map((name) => sql.id(name))).text
  await narrow(narrowed, shop)
  const inputs = Object.values(step.inputs)[0]!.map(
    (reference) => `select ${list} from ${referenceSql(reference, steps).text}`,
  )
  await session.run(
    `create or replace table ${keys} as select distinct ${list} from (${inputs.join(' union all ')})`,
  )
  const read = await countRead(step, shop)
  await widen(narrowed, shop)
  await narrow(touched, shop)
  const others = step.key
    .map((name) => sql`keys.${sql.id(name)} is not distinct from kept.${sql.id(name)}`)
    .reduce((all, one) => sql`${all} and ${one}`)
  await session.run(
    `create or replace table ${table} as select kept.* from ${table} kept anti join ${keys} keys on ${others.text}\nunion all by name\n(${step.select})`,
  )
  await widen(touched, shop)
  await session.run(`drop table ${keys}`)
  return { ...(await measureRows(session, step)), read }
}

async function countRead({ inputs }: SelectWork['step'], { session, steps }: Workshop): Promise<number> {
  let sum = 0
  for (const reference of Object.values(inputs)[0] ?? []) {
    const relation = referenceSql(reference, steps).text
    sum += (await session.row<{ n: number }>(`select count(*) as n from ${relation}`)).n
  }
  return sum
}
