import type { WarningRecord } from '@sillage/ledger'
import type { Step, StepWarning } from '@sillage/plan'
import { type Sql, sql } from '@sillage/sdk'
import type { Session } from '@sillage/sql'
import { stepTable } from './step-table.ts'

/** What came true of the warnings of a step, counted over its accepted rows. */
export async function countOwnWarnings(
  session: Session,
  { stage, rejects, warnings = [] }: Pick<Step, 'stage' | 'rejects' | 'warnings'>,
): Promise<readonly WarningRecord[]> {
  const from = `${stepTable(stage).text}${rejects.length > 0 ? ' where _reject = 0' : ''}`
  return await countWarnings(session, warnings, { stage, from })
}

/** What came true of warnings, counted over a relation that a stage made. */
export async function countWarnings(
  session: Session,
  warnings: readonly StepWarning[],
  { stage, from }: { readonly stage: string; readonly from: string },
): Promise<readonly WarningRecord[]> {
  const counted = warnings.flatMap(({ counts, ...warning }) =>
    counts === undefined ? [] : [{ warning, counts }],
  )
  if (counted.length === 0) return []
  const list: readonly Sql[] = counted.map(
    ({ counts }, index) => sql`(${sql.trusted(counts)})::bigint as ${sql.id(String(index))}`,
  )
  const found = await session.row<Readonly<Record<string, number | null>>>(
    `select ${sql.join(list).text} from ${from}`,
  )
  return counted.flatMap(({ warning }, index) => {
    const count = Number(found[String(index)] ?? 0)
    return count > 0 ? [{ stage, ...warning, count }] : []
  })
}
