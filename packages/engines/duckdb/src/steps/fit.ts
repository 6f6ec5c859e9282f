import type { ModelStep } from '@sillage/plan'
import { type NumericColumns, type Sql, sql } from '@sillage/sdk'
import type { Fitted, MadeRows, Work } from '@sillage/steps'
import { readBatches } from '../bridge/read-batches.ts'
import { countWarnings } from './counted-warnings.ts'
import { joinByPosition } from './map.ts'
import { stepTable } from './relations.ts'
import { streamThrough } from './stream.ts'
import type { Workshop } from './workshop.ts'

/** Before the transaction of a model: its units as a table, and the model that their matrix gives. */
export async function fitModel(
  step: ModelStep,
  work: Extract<Work, { readonly kind: 'fit' }>,
  shop: Workshop,
): Promise<Fitted> {
  await shop.session.run(`create or replace table ${unitsOf(step)} as\n${step.units}`)
  return await work.fit(await readMatrix(step.statistics, shop))
}

/** Keeps the model, and applies it to the units batch by batch; columns of which it can say nothing are null. */
export async function makeFit(step: ModelStep, fitted: Fitted, shop: Workshop): Promise<MadeRows> {
  const { session, order } = shop
  const units = unitsOf(step)
  await session.run(sql`delete from sillage.models where stage = ${step.stage}`.text)
  await session.run(
    sql`insert into sillage.models values (${step.stage}, ${step.fingerprint}, ${order.run}, ${JSON.stringify(fitted.model)})`
      .text,
  )
  if (step.makes.every(({ name }) => fitted.nulls.has(name))) await session.run(withoutModel(step, units))
  else await apply(step, fitted, shop)
  await countWarnings(step.unitWarnings, { stage: step.stage, from: units }, shop)
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

function unitsOf({ stage }: ModelStep): string {
  return stepTable(stage, 'units').text
}

async function apply(step: ModelStep, { nulls, apply: through }: Fitted, shop: Workshop): Promise<void> {
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
  const joined = joinByPosition({ input: units, columns: step.columns, makes: step.makes, made })
  const replaced = step.makes.flatMap(({ name, type }) => (nulls.has(name) ? [nullColumn(name, type)] : []))
  const rows =
    replaced.length === 0 ? joined : `select * replace (${sql.join(replaced).text}) from (\n${joined}\n)`
  await session.run(`create or replace table ${stepTable(step.stage).text} as\n${rows}`)
  await session.run(`drop table ${made}`)
}

/** The units where the model says nothing of them. */
function withoutModel({ stage, columns, makes }: ModelStep, units: string): string {
  const made = new Set(makes.map(({ name }) => name))
  const list = columns.map(({ name, type }) => (made.has(name) ? nullColumn(name, type) : sql.id(name)))
  return `create or replace table ${stepTable(stage).text} as\nselect ${sql.join(list).text}\nfrom ${units}`
}

function nullColumn(name: string, type: string): Sql {
  return sql`cast(null as ${sql.trusted(type)}) as ${sql.id(name)}`
}

/** The numeric matrix as one array a column; null is NaN. It is held whole: a model's statistics are a reduction. */
async function readMatrix(
  statistics: string,
  { database, order }: Pick<Workshop, 'database' | 'order'>,
): Promise<NumericColumns> {
  using reader = await database.session()
  const described = await reader.rows<{ column_name: string }>(`describe ${statistics}`)
  const names = described.map((row) => row.column_name)
  const doubles = sql.join(names.map((name) => sql`${sql.id(name)}::double as ${sql.id(name)}`)).text
  const parts = names.map((): Float64Array[] => [])
  for await (const batch of readBatches({
    connection: reader.connection,
    select: `select ${doubles} from (${statistics})`,
    signal: order.signal,
  })) {
    for (const [index, values] of parts.entries()) {
      const column = batch.getChildAt(index)!
      values.push(
        Float64Array.from(
          { length: batch.numRows },
          (_, row) => (column.get(row) as number | null) ?? Number.NaN,
        ),
      )
    }
  }
  return Object.fromEntries(names.map((name, index) => [name, concatenate(parts[index]!)]))
}

function concatenate(parts: readonly Float64Array[]): Float64Array {
  const whole = new Float64Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}
