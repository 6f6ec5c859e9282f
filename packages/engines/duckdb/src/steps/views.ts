import { relationOf, relationSql, type Step } from '@sillage/plan'
import type { Workshop } from './workshop.ts'

/** Makes the view of a step that is not stored. Its rows are computed by the stored step that reads it. */
export async function createView(step: Step, { session, order }: Workshop): Promise<void> {
  if (!('select' in step)) throw new Error(`a ${step.style} step is always stored`)
  const limit = step.style === 'source' && order.sample !== undefined ? `\nlimit ${order.sample}` : ''
  const relation = relationSql(relationOf(step.kind, step.stage)).text
  await session.run(`create or replace view ${relation} as\n${step.select}${limit}`)
}
