import type { StepCounts } from '@sillage/ledger'
import { relationOf, type SqlPlanStep } from '@sillage/plan'
import { sql } from '@sillage/sdk'
import { type Narrowed, narrow, nextRow, relationsOfKeys, widen } from '../appending.ts'
import { conserve } from '../conservation.ts'
import type { RunContext } from '../context.ts'
import { fusedSteps } from '../fused.ts'
import { referenceSql, relationSql, stepTable } from '../relations.ts'
import { rowsRead } from '../rows-read.ts'
import { addRefused, keepRefused } from './source.ts'

/** Stores a SQL step: one statement over the views before it, then its counts, then its further outputs. */
export async function runSql(step: SqlPlanStep, context: RunContext): Promise<() => Promise<StepCounts>> {
  const { session } = context
  return async () => {
    const table = stepTable(step.stage).text
    await session.run(`create or replace table ${table} as\n${step.select}`)
    for (const source of fusedSteps(step, context)) await keepRefused(source, context)
    const measured = await measure(step, context)
    const rowsIn = await rowsRead({ step, total: total(step, measured), context })
    const counts = conserve({
      stage: step.stage,
      rows: step.rows,
      rowsIn,
      rowsOut: measured.accepted,
      rejected: measured.refused,
      grouped: measured.grouped,
    })
    await storeOutputs(step, context)
    return counts
  }
}

/** Adds what the new rows of its inputs make. Gives the counts of these rows alone. */
export async function appendSql(
  step: SqlPlanStep,
  context: RunContext,
  narrowed: readonly Narrowed[],
): Promise<() => Promise<StepCounts>> {
  const { session } = context
  return async () => {
    const first = await nextRow(step.stage, context)
    await narrow(narrowed, context)
    await session.run(`insert into ${stepTable(step.stage).text} by name\n${step.select}`)
    for (const { stage, refused } of narrowed)
      if (refused !== undefined) await addRefused(stage, refused, context)
    const measured = await measure(step, context, first)
    const rowsIn = total(step, measured) ?? (await countRead(step, context))
    await widen(narrowed, context)
    return conserve({
      stage: step.stage,
      rows: step.rows,
      rowsIn,
      rowsOut: measured.accepted,
      rejected: measured.refused,
      grouped: undefined,
    })
  }
}

/**
 * Makes the groups of the new rows' keys again, from all rows of these keys, and leaves the others as they are. Gives the counts of the whole
 * table; undefined where the rows of a key cannot be picked.
 */
export async function regroup(
  step: SqlPlanStep,
  context: RunContext,
  narrowed: readonly Narrowed[],
): Promise<StepCounts | undefined> {
  const { session, known } = context
  const keys = stepTable(step.stage, 'keys').text
  const touched = await relationsOfKeys(step, keys, context)
  if (!touched) return undefined
  const table = stepTable(step.stage).text
  const list = sql.join(step.key.map((name) => sql.id(name))).text
  await narrow(narrowed, context)
  const inputs = Object.values(step.inputs)[0]!.map(
    (reference) => `select ${list} from ${referenceSql(reference, context.steps).text}`,
  )
  await session.run(
    `create or replace table ${keys} as select distinct ${list} from (${inputs.join(' union all ')})`,
  )
  const added = await countRead(step, context)
  await widen(narrowed, context)
  await narrow(touched, context)
  const others = step.key
    .map((name) => sql`keys.${sql.id(name)} is not distinct from kept.${sql.id(name)}`)
    .reduce((all, one) => sql`${all} and ${one}`)
  await session.run(
    `create or replace table ${table} as select kept.* from ${table} kept anti join ${keys} keys on ${others.text}\nunion all by name\n(${step.select})`,
  )
  await widen(touched, context)
  await session.run(`drop table ${keys}`)
  const measured = await measure(step, context)
  return conserve({
    stage: step.stage,
    rows: step.rows,
    rowsIn: known.get(step.stage)!.rows_in! + added,
    rowsOut: measured.accepted,
    rejected: measured.refused,
    grouped: measured.grouped,
  })
}

async function countRead({ inputs }: SqlPlanStep, { session, steps }: RunContext): Promise<number> {
  let sum = 0
  for (const reference of Object.values(inputs)[0] ?? []) {
    const relation = referenceSql(reference, steps).text
    sum += (await session.row<{ n: number }>(`select count(*) as n from ${relation}`)).n
  }
  return sum
}

interface Measured {
  readonly accepted: number
  readonly refused: number
  readonly grouped: number | undefined
}

/** Counts the rows of the step's table from a position on. */
async function measure(step: SqlPlanStep, { session }: RunContext, first = 0): Promise<Measured> {
  const refuses = step.rejects.length > 0
  const accepted = refuses ? 'count(*) filter (where _reject = 0)' : 'count(*)'
  const refused = refuses ? 'count(*) filter (where _reject <> 0)' : '0'
  const grouped = step.rows === 'group' ? 'coalesce(sum(_rows), 0)::bigint' : 'null'
  const row = await session.row<{ accepted: number; refused: number; grouped: number | null }>(
    `select ${accepted} as accepted, ${refused} as refused, ${grouped} as grouped from ${stepTable(step.stage).text}${first > 0 ? ` where rowid >= ${first}` : ''}`,
  )
  return { accepted: row.accepted, refused: row.refused, grouped: row.grouped ?? undefined }
}

/** The rows that the step read, where its own table tells and is believed. */
function total({ rows, proven }: SqlPlanStep, { accepted, refused, grouped }: Measured): number | undefined {
  if (!proven) return undefined
  if (rows === 'same') return accepted + refused
  return rows === 'group' ? grouped : undefined
}

async function storeOutputs(step: SqlPlanStep, context: RunContext): Promise<void> {
  const { session } = context
  if (Object.keys(step.outputs).length === 0) return
  const self = relationSql(relationOf(step.kind, step.stage)).text
  await session.run(
    `create or replace view ${self} as select * from ${stepTable(step.stage).text}${step.rejects.length > 0 ? ' where _reject = 0' : ''}`,
  )
  for (const [output, { select }] of Object.entries(step.outputs)) {
    const table = stepTable(step.stage, output).text
    await session.run(`create or replace table ${table} as\n${select}`)
    await session.run(
      `create or replace view ${relationSql(relationOf(step.kind, step.stage, output)).text} as select * from ${table}`,
    )
  }
  await countOutputs(step, context)
}

/** Counts the further outputs, for those who read them. */
export async function countOutputs(
  { stage, outputs }: SqlPlanStep,
  { session, rows }: RunContext,
): Promise<void> {
  for (const output of Object.keys(outputs)) {
    const { n } = await session.row<{ n: number }>(
      `select count(*) as n from ${stepTable(stage, output).text}`,
    )
    rows.set(`${stage}.${output}`, n)
  }
}
