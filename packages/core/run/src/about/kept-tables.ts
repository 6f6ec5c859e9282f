import { deliveredOf } from '@sillage/deliver'
import { type AboutTable, aboutTable } from '@sillage/ledger'
import type { Run } from '../run.ts'

/** Why rows were refused; the most frequent reasons of a stage first. */
export async function rejectsTable({ ledger }: Pick<Run['working'], 'ledger'>): Promise<AboutTable> {
  const order = (value: string | null): string => value ?? '\uffff'
  const rejects = [...(await ledger.rejects())].sort(
    (a, b) =>
      compare(a.stage, b.stage) ||
      b.rows - a.rows ||
      compare(a.code, b.code) ||
      compare(order(a.column_name), order(b.column_name)),
  )
  return aboutTable('rejects', 'stage code column_name message rows:bigint', rejects)
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

/** What was delivered, by this run and those before it. */
export function deliveriesTable({ files, plan }: Pick<Run, 'files' | 'plan'>): AboutTable {
  return aboutTable(
    'deliveries',
    'stage destination rows:bigint removed:bigint refused:bigint messages:bigint status run at:timestamp',
    deliveredOf(files.state, plan.pipeline),
  )
}

/** The models that are fitted for the stages of the plan. */
export async function modelsTable({ working, plan }: Pick<Run, 'working' | 'plan'>): Promise<AboutTable> {
  const stages = new Set(plan.steps.flatMap((step) => (step.style === 'model' ? [step.stage] : [])))
  const models = (await working.ledger.models()).filter(({ stage }) => stages.has(stage))
  return aboutTable('models', 'stage run model', models)
}
