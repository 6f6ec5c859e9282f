import { recordRejects, type StepCounts } from '@sillage/ledger'
import type { SourceStep, Step } from '@sillage/plan'
import { sql } from '@sillage/sdk'
import { type Narrowed, nextRow } from '../appending.ts'
import type { RunContext } from '../context.ts'
import { countUnread, stepTable, unreadLines } from '../relations.ts'
import { countSuppressed, prepareSuppression, recordSuppressed, withoutSuppressed } from '../suppression.ts'

/** Stores a source as a table. */
export async function runSource(step: SourceStep, context: RunContext): Promise<() => Promise<StepCounts>> {
  const { session, options } = context
  if (step.asked !== undefined)
    throw new Error('a source that is read batch by batch is pulled before the steps run')
  if (step.attach)
    await session.run(
      `attach if not exists ${sql.literal(step.attach.path).text} as ${sql.id(step.attach.alias).text} (read_only)`,
    )
  const limit = options.sample === undefined ? '' : `\nlimit ${options.sample}`
  await prepareSuppression(step, context)
  return async () => {
    const select = withoutSuppressed(`${step.select}${limit}`, step)
    await session.run(`create or replace table ${stepTable(step.stage).text} as\n${select}`)
    const unread = await keepRefused(step, context)
    const { accepted, refused } = await countSource(step, context)
    const filtered = await countSuppressed(step, 0, context)
    await recordSuppressed(step, filtered, context)
    return { rows_in: null, rows_out: accepted - filtered, rejected: unread + refused, merged: 0, filtered }
  }
}

async function countSource(
  { stage, rejects }: SourceStep,
  { session }: RunContext,
): Promise<{ readonly accepted: number; readonly refused: number }> {
  const { text } = stepTable(stage)
  return await session.row(
    rejects.length > 0
      ? `select count(*) filter (where _reject = 0) as accepted, count(*) filter (where _reject <> 0) as refused from ${text}`
      : `select count(*) as accepted, 0 as refused from ${text}`,
  )
}

/** Adds the rows that were not there at the last scan. Gives the counts of these rows alone. */
export async function appendSource(
  step: SourceStep,
  context: RunContext,
  [narrowed]: readonly Narrowed[],
): Promise<() => Promise<StepCounts>> {
  const { session } = context
  const { only, refused } = narrowed!
  await prepareSuppression(step, context)
  return async () => {
    const first = await nextRow(step.stage, context)
    const select = withoutSuppressed(only, step)
    await session.run(`insert into ${stepTable(step.stage).text} by name\n${select}`)
    const before = await countUnread(step.stage, context)
    if (refused !== undefined) await addRefused(step.stage, refused, context)
    const rejected = (await countUnread(step.stage, context)) - before
    const rows = (await nextRow(step.stage, context)) - first
    const filtered = await countSuppressed(step, first, context)
    await recordSuppressed(step, await countSuppressed(step, 0, context), context)
    return { rows_in: null, rows_out: rows - filtered, rejected, merged: 0, filtered }
  }
}

/** After the scan, on its connection: keeps the rows that the scan itself refused as `reject.<stage>`. Returns how many. */
export async function keepRefused(step: Step, { session, run }: RunContext): Promise<number> {
  if (step.style !== 'source' || step.refused === undefined) return 0
  await session.run(`create or replace table ${stepTable(step.stage, 'refused').text} as\n${step.refused}`)
  await session.run(
    `create or replace view ${sql.id('reject', step.stage).text} as ${unreadLines(step.stage)}`,
  )
  return await countRefusals(step.stage, { session, run })
}

/** After the scan of new rows, on its connection: adds those that it refused. */
export async function addRefused(stage: string, refused: string, context: RunContext): Promise<void> {
  await context.session.run(`insert into ${stepTable(stage, 'refused').text}\n${refused}`)
  await countRefusals(stage, context)
}

async function countRefusals(
  stage: string,
  { session, run }: Pick<RunContext, 'session' | 'run'>,
): Promise<number> {
  const reasons = await session.rows<{ code: string; message: string; rows: number }>(
    `select code, message, count(*) as rows from ${stepTable(stage, 'refused').text} group by all order by rows desc, code`,
  )
  const rejects = reasons.map((reason) => ({ ...reason, stage, column_name: null }))
  await recordRejects(session, { run, stage, rejects })
  return rejects.reduce((sum, { rows }) => sum + rows, 0)
}
