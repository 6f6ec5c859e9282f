import type { SourceStep, Step } from '@sillage/plan'
import { sql } from '@sillage/sdk'
import { recordRejects, type StepCounts } from '@sillage/store'
import type { RunContext } from '../context.ts'
import { stepTable } from '../relations.ts'

/** Stores a source as a table. */
export async function runSource(step: SourceStep, context: RunContext): Promise<() => Promise<StepCounts>> {
  const { session, options } = context
  if (step.attach)
    await session.run(
      `attach if not exists ${sql.literal(step.attach.path).text} as ${sql.id(step.attach.alias).text} (read_only)`,
    )
  const limit = options.sample === undefined ? '' : `\nlimit ${options.sample}`
  return async () => {
    await session.run(`create or replace table ${stepTable(step.stage).text} as\n${step.select}${limit}`)
    const rejected = await keepRefused(step, context)
    const { n } = await session.row<{ n: number }>(`select count(*) as n from ${stepTable(step.stage).text}`)
    return { rows_in: null, rows_out: n, rejected, merged: 0, filtered: 0 }
  }
}

/** After the scan, on its connection: keeps the rows that the scan itself refused as `reject.<stage>`. Returns how many. */
export async function keepRefused(step: Step, { session, run }: RunContext): Promise<number> {
  if (step.style !== 'source' || step.refused === undefined) return 0
  const table = stepTable(step.stage, 'refused').text
  await session.run(`create or replace table ${table} as\n${step.refused}`)
  await session.run(
    `create or replace view ${sql.id('reject', step.stage).text} as select _file as file, _line as line, _raw as raw, [code] as codes, [message] as reasons from ${table}`,
  )
  const reasons = await session.rows<{ code: string; message: string; rows: number }>(
    `select code, message, count(*) as rows from ${table} group by all order by rows desc, code`,
  )
  const rejects = reasons.map((reason) => ({ ...reason, stage: step.stage, column_name: null }))
  await recordRejects(session, { run, stage: step.stage, rejects })
  return rejects.reduce((sum, { rows }) => sum + rows, 0)
}
