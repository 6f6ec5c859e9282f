import type { RejectRecord } from '@sillage/ledger'
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
