import { relationOf, relationSql, type Step } from '@sillage/plan'
import { type MadeRows, stepTable } from '@sillage/steps'
import type { Workshop } from './workshop.ts'

/** Keeps the further outputs of a step whose table is there. Gives how many rows each has. */
export async function storeOutputs(
  step: Pick<Step, 'kind' | 'stage' | 'rejects'>,
  selects: Readonly<Record<string, string>>,
  shop: Workshop,
): Promise<MadeRows['outputs']> {
  if (Object.keys(selects).length === 0) return {}
  const { session } = shop
  const self = relationSql(relationOf(step.kind, step.stage)).text
  await session.run(
    `create or replace view ${self} as select * from ${stepTable(step.stage).text}${step.rejects.length > 0 ? ' where _reject = 0' : ''}`,
  )
  for (const [output, select] of Object.entries(selects))
    await session.run(`create or replace table ${stepTable(step.stage, output).text} as\n${select}`)
  return await showOutputs(step, Object.keys(selects), shop)
}

/** Shows further outputs whose tables are there. Gives how many rows each has. */
export async function showOutputs(
  step: Pick<Step, 'kind' | 'stage'>,
  outputs: readonly string[],
  { session }: Workshop,
): Promise<MadeRows['outputs']> {
  const counts: Record<string, number> = {}
  for (const output of outputs) {
    const table = stepTable(step.stage, output).text
    await session.run(
      `create or replace view ${relationSql(relationOf(step.kind, step.stage, output)).text} as select * from ${table}`,
    )
    counts[output] = (await session.row<{ n: number }>(`select count(*) as n from ${table}`)).n
  }
  return counts
}
