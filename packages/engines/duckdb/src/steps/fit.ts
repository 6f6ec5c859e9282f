import { recordWarning } from '@sillage/ledger'
import { sql } from '@sillage/sdk'
import {
  countWarnings,
  type Fitted,
  type FitWork,
  joinModel,
  type MadeRows,
  stepTable,
  withoutModel,
} from '@sillage/steps'
import { readMatrix } from '../bridge/read-matrix.ts'
import { streamThrough } from './stream.ts'
import type { Workshop } from './workshop.ts'

/** Before the transaction of a model: its units as a table, and the model that their matrix gives. */
export async function fitModel(work: FitWork, shop: Workshop): Promise<Fitted> {
  const { step } = work
  await shop.session.run(`create or replace table ${unitsOf(step)} as\n${step.units}`)
  using reader = await shop.database.session()
  return await work.fit(await readMatrix(reader, step.statistics, shop.order.signal))
}

/** Keeps the model, and applies it to the units batch by batch; columns of which it can say nothing are null. */
export async function makeFit(step: FitWork['step'], fitted: Fitted, shop: Workshop): Promise<MadeRows> {
  const { session, order } = shop
  const units = unitsOf(step)
  await session.run(sql`delete from sillage.models where stage = ${step.stage}`.text)
  await session.run(
    sql`insert into sillage.models values (${step.stage}, ${step.fingerprint}, ${order.run}, ${JSON.stringify(fitted.model)})`
      .text,
  )
  if (step.makes.every(({ name }) => fitted.nulls.has(name)))
    await session.run(
      `create or replace table ${stepTable(step.stage).text} as\n${withoutModel(step, units)}`,
    )
  else await apply(step, fitted, shop)
  for (const warning of await countWarnings(session, step.unitWarnings, { stage: step.stage, from: units }))
    await recordWarning(session, order.run, warning)
  const grouped = step.rows === 'group' ? 'sum(_rows)::bigint' : 'null'
  const row = await session.row<{ n: number; grouped: number | null }>(
    `select count(*) as n, ${grouped} as grouped from ${units}`,
  )
  const { n: accepted } = await session.row<{ n: number }>(
    `select count(*) as n from ${stepTable(step.stage).text}`,
  )
  await session.run(`drop table ${units}`)
  return {
    read: step.proven ? (row.grouped ?? row.n) : undefined,
    accepted,
    refused: 0,
    grouped: row.grouped ?? undefined,
    keptOut: 0,
    outputs: {},
  }
}

function unitsOf({ stage }: FitWork['step']): string {
  return stepTable(stage, 'units').text
}

async function apply(
  step: FitWork['step'],
  { nulls, apply: through }: Fitted,
  shop: Workshop,
): Promise<void> {
  const { session } = shop
  const units = unitsOf(step)
  const made = stepTable(step.stage, 'made').text
  const read = sql.join(step.reads.map((name) => sql.id(name))).text
  await streamThrough(
    {
      select: `select ${read} from ${units}`,
      reads: step.reads.length,
      through,
      output: step.makes,
      table: { schema: 'step', table: `${step.stage}.made` },
      stage: step.stage,
    },
    shop,
  )
  const rows = joinModel(step, { input: units, made, nulls })
  await session.run(`create or replace table ${stepTable(step.stage).text} as\n${rows}`)
  await session.run(`drop table ${made}`)
}
