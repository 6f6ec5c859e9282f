import { join } from 'node:path'
import { readMatrix } from '@sillage/duckdb/bridge'
import { countWarnings, type Fitted, type FitWork, joinModel, stepTable, withoutModel } from '@sillage/steps'
import { columnsOf, type ParquetRows, selectRows, writeFile } from './parquet-rows.ts'
import { together } from './partitions.ts'
import { named, storeRows } from './store-rows.ts'
import { came, streamThrough, unionOf } from './stream.ts'
import type { Making, Workshop } from './workshop.ts'

/** Before the transaction of a model: its units as files, one a partition, and the model that their matrix gives. */
export async function fitModel(work: FitWork, folder: string, shop: Workshop): Promise<Fitted> {
  const { step } = work
  const { session, partitions } = shop
  const relation = 'temp.main.units'
  await session.run(
    `create or replace temp table units as\nselect *, row_number() over () % ${partitions} as _part from (${step.units})`,
  )
  const columns = (await columnsOf(session, relation)).filter(({ name }) => name !== '_part')
  const parts = unitsIn(folder, { columns, partitions })
  for (const [index, { files }] of parts.entries())
    await writeFile(session, { relation, columns, file: files[0]!, where: `_part = ${index}` })
  await session.run(`drop table ${relation}`)
  await session.run(`create or replace view ${unitsOf(step)} as ${selectRows(together(parts)).text}`)
  using reader = await shop.database.session()
  return await work.fit(await readMatrix(reader, step.statistics, shop.order.signal))
}

/** Applies the model to each partition of the units. */
export async function makeFit(
  step: FitWork['step'],
  { fitted, folder }: { readonly fitted: Fitted; readonly folder: string },
  shop: Workshop,
): Promise<Making> {
  const { session, order, partitions } = shop
  const { stage } = step
  const columns = await columnsOf(session, unitsOf(step))
  const parts: ParquetRows[] = []
  for (const [index, units] of unitsIn(join(folder, 'read'), { columns, partitions }).entries()) {
    const rows = await applied(step, { fitted, units }, shop)
    parts.push(await storeRows(rows, join(folder, `${index}.parquet`), shop))
  }
  const grouped = step.rows === 'group' ? 'sum(_rows)::bigint' : 'null'
  const row = await session.row<{ n: number; grouped: number | null }>(
    `select count(*) as n, ${grouped} as grouped from ${unitsOf(step)}`,
  )
  const warned = await countWarnings(session, step.unitWarnings, { stage, from: unitsOf(step) })
  const rows = together(parts)
  const { n } = await session.row<{ n: number }>(`select count(*) as n from (${selectRows(rows).text})`)
  return {
    rows: {
      read: step.proven ? (row.grouped ?? row.n) : undefined,
      accepted: n,
      refused: 0,
      grouped: row.grouped ?? undefined,
      keptOut: 0,
      outputs: {},
    },
    change: {
      relations: { [stage]: named(rows, shop) },
      warnings: { [stage]: warned },
      models: { [stage]: { stage, run: order.run, model: JSON.stringify(fitted.model) } },
    },
  }
}

/** A select of units with what the model says of them. */
async function applied(
  step: FitWork['step'],
  { fitted, units }: { readonly fitted: Fitted; readonly units: ParquetRows },
  shop: Workshop,
): Promise<string> {
  const { nulls, apply: through } = fitted
  const input = `(${selectRows(units).text})`
  if (step.makes.every(({ name }) => nulls.has(name))) return withoutModel(step, input)
  await streamThrough({ from: unionOf([units]), reads: step.reads, through, output: step.makes }, shop)
  return joinModel(step, { input, made: came, nulls })
}

function unitsIn(
  folder: string,
  { columns, partitions }: { readonly columns: ParquetRows['columns']; readonly partitions: number },
): readonly ParquetRows[] {
  return Array.from({ length: partitions }, (_, index) => ({
    files: [join(folder, `units-${index}.parquet`)],
    columns,
  }))
}

function unitsOf({ stage }: FitWork['step']): string {
  return stepTable(stage, 'units').text
}
