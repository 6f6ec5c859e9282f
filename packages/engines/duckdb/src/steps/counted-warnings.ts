import { recordWarning } from '@sillage/ledger'
import type { Step, StepWarning } from '@sillage/plan'
import { type Sql, sql } from '@sillage/sdk'
import { stepTable } from './relations.ts'
import type { Workshop } from './workshop.ts'

/** Counts over the accepted rows of a step, within its transaction, and records what came true. */
export async function countOwnWarnings(
  { stage, rejects, warnings = [] }: Pick<Step, 'stage' | 'rejects' | 'warnings'>,
  shop: Workshop,
): Promise<void> {
  const from = `${stepTable(stage).text}${rejects.length > 0 ? ' where _reject = 0' : ''}`
  await countWarnings(warnings, { stage, from }, shop)
}

/** Counts over a relation that a stage made, within its transaction, and records what came true. */
export async function countWarnings(
  warnings: readonly StepWarning[],
  { stage, from }: { readonly stage: string; readonly from: string },
  { session, order }: Workshop,
): Promise<void> {
  const counted = warnings.flatMap(({ counts, ...warning }) =>
    counts === undefined ? [] : [{ warning, counts }],
  )
  if (counted.length === 0) return
  const list: readonly Sql[] = counted.map(
    ({ counts }, index) => sql`(${sql.trusted(counts)})::bigint as ${sql.id(String(index))}`,
  )
  const found = await session.row<Readonly<Record<string, number | null>>>(
    `select ${sql.join(list).text} from ${from}`,
  )
  for (const [index, { warning }] of counted.entries()) {
    const count = Number(found[String(index)] ?? 0)
    if (count > 0) await recordWarning(session, order.run, { stage, ...warning, count })
  }
}
