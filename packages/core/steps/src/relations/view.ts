import { relationOf, relationSql, type Step } from '@sillage/plan'
import type { Session } from '@sillage/sql'

/** Makes the view of a step that is not stored; of a source at most `sample` rows. Its rows are computed by the stored step that reads it. */
export async function createView(
  session: Session,
  step: Pick<Step, 'stage' | 'style' | 'kind'> & { readonly select?: string },
  sample: number | undefined,
): Promise<void> {
  if (step.select === undefined) throw new Error(`a ${step.style} step is always stored`)
  const limit = step.style === 'source' && sample !== undefined ? `\nlimit ${sample}` : ''
  const relation = relationSql(relationOf(step.kind, step.stage)).text
  await session.run(`create or replace view ${relation} as\n${step.select}${limit}`)
}
