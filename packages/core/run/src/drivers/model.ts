import { readBatches } from '@sillage/duckdb/bridge'
import type { StepCounts } from '@sillage/ledger'
import type { ModelStep } from '@sillage/plan'
import { type ModelJson, type NumericColumns, type Sql, sql } from '@sillage/sdk'
import type { ApplyCall } from '@sillage/workers'
import { conserve } from '../conservation.ts'
import type { RunContext } from '../context.ts'
import { findingsOf, heldToFit, recordFindings } from '../model-findings.ts'
import { stepTable } from '../relations.ts'
import { rowsRead } from '../rows-read.ts'
import { countWarnings } from '../warnings.ts'
import { joinByPosition } from './batch.ts'
import { streamThroughWorkers } from './stream-through-workers.ts'

/**
 * Units (SQL) → matrix (SQL) → fit (a worker) → apply (workers, batch by batch). The fitted model is kept in the ledger with what it finds of its
 * own fit; columns of which it can say nothing are null.
 */
export async function runModel(step: ModelStep, context: RunContext): Promise<() => Promise<StepCounts>> {
  const { session, run, options } = context
  const units = stepTable(step.stage, 'units').text
  await session.run(`create or replace table ${units} as\n${step.units}`)
  const data = await readMatrix(step.statistics, context)
  const pool = await context.pool.get()
  const { plugin, module, config, asOf } = step
  const fit = pool.fit({ kind: 'fit', plugin, module, config, asOf, data }, { signal: options.signal })
  const model = await heldToFit(fit, step)
  const findings = findingsOf(model)
  return async () => {
    await session.run(sql`delete from sillage.models where stage = ${step.stage}`.text)
    await session.run(
      sql`insert into sillage.models values (${step.stage}, ${step.fingerprint}, ${run}, ${JSON.stringify(model)})`
        .text,
    )
    const nulls = new Set(findings.flatMap((one) => (one.holds ? [] : (one.nulls ?? []))))
    if (step.makes.every(({ name }) => nulls.has(name))) await session.run(withoutModel(step, units))
    else await apply({ step, model, units, nulls, context })
    await countWarnings(step.unitWarnings, { stage: step.stage, from: units, context })
    await recordFindings(step.stage, findings, context)
    const table = stepTable(step.stage).text
    const grouped = step.rows === 'group' ? 'sum(_rows)::bigint' : 'null'
    const row = await session.row<{ n: number; grouped: number | null }>(
      `select count(*) as n, ${grouped} as grouped from ${units}`,
    )
    const { n: out } = await session.row<{ n: number }>(`select count(*) as n from ${table}`)
    const rowsIn = await rowsRead({ step, total: step.proven ? (row.grouped ?? row.n) : undefined, context })
    await session.run(`drop table ${units}`)
    return conserve({
      stage: step.stage,
      rows: step.rows,
      rowsIn,
      rowsOut: out,
      rejected: 0,
      grouped: row.grouped ?? undefined,
    })
  }
}

async function apply({
  step,
  model,
  units,
  nulls,
  context,
}: {
  readonly step: ModelStep
  readonly model: ModelJson
  readonly units: string
  readonly nulls: ReadonlySet<string>
  readonly context: RunContext
}): Promise<void> {
  const shape = new Map(step.unitColumns.map((column) => [column.name, column]))
  const call: ApplyCall = {
    kind: 'apply',
    plugin: step.plugin,
    module: step.module,
    config: step.config,
    model,
    reads: step.reads.map((name) => shape.get(name)!),
    output: step.makes,
  }
  const made = stepTable(step.stage, 'made').text
  const read = sql.join(step.reads.map((name) => sql.id(name))).text
  await streamThroughWorkers({
    select: `select ${read} from ${units}`,
    call,
    table: { schema: 'step', table: `${step.stage}.made` },
    stage: step.stage,
    context,
  })
  const joined = joinByPosition({ input: units, columns: step.columns, makes: step.makes, made })
  const replaced = step.makes.flatMap(({ name, type }) => (nulls.has(name) ? [nullColumn(name, type)] : []))
  const rows =
    replaced.length === 0 ? joined : `select * replace (${sql.join(replaced).text}) from (\n${joined}\n)`
  await context.session.run(`create or replace table ${stepTable(step.stage).text} as\n${rows}`)
  await context.session.run(`drop table ${made}`)
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
async function readMatrix(statistics: string, { database, options }: RunContext): Promise<NumericColumns> {
  using reader = await database.session()
  const described = await reader.rows<{ column_name: string }>(`describe ${statistics}`)
  const names = described.map((row) => row.column_name)
  const doubles = sql.join(names.map((name) => sql`${sql.id(name)}::double as ${sql.id(name)}`)).text
  const parts = names.map((): Float64Array[] => [])
  for await (const batch of readBatches({
    connection: reader.connection,
    select: `select ${doubles} from (${statistics})`,
    signal: options.signal,
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
