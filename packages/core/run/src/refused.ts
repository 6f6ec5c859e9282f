import { exitCode, SillageError } from '@sillage/base'
import type { RejectRecord, StepCounts } from '@sillage/ledger'
import type { Step } from '@sillage/plan'
import { sql } from '@sillage/sdk'
import type { Session } from '@sillage/sql'
import { hasBit, stepTable } from './relations.ts'

/** Counts refused rows by reason; a row that breaks two rules counts in both. */
export async function countReasons(session: Session, step: Step): Promise<readonly RejectRecord[]> {
  const counts = step.rejects.map(
    (_, bit) => sql`count(*) filter (where ${hasBit(bit)}) as ${sql.id(String(bit))}`,
  )
  const row = await session.row<Readonly<Record<string, number>>>(
    `select ${sql.join(counts).text} from ${stepTable(step.stage).text} where _reject <> 0`,
  )
  return step.rejects.flatMap(({ code, column, message }, bit) => {
    const rows = Number(row[String(bit)])
    return rows === 0 ? [] : [{ stage: step.stage, code, column_name: column ?? null, message, rows }]
  })
}

/** Holds a step to `on_reject: fail`, whether its rows were made now or in an earlier run. Throws `rows_refused`. */
export function assertNoneRefused(step: Step, { rejected }: Pick<StepCounts, 'rejected'>): void {
  if (step.onReject !== 'fail' || rejected === 0) return
  throw new SillageError({
    code: 'rows_refused',
    message: `"${step.stage}" refused ${rejected} rows and says on_reject: fail`,
    hint: `mend the rows or the rules; with on_reject: quarantine they are kept in reject.${step.stage}`,
    exit: exitCode.tooManyRejects,
    facts: { stage: step.stage, rejected },
  })
}
