import type { SqlPlanStep, Step } from '@sillage/plan'
import type { Session } from '@sillage/sql'
import type { MadeRows } from '../engine.ts'
import { stepTable } from './step-table.ts'

/** Counts the rows of a step's table, or those that a condition picks. Nobody was kept out, and there are no further outputs. */
export async function measureRows(
  session: Session,
  step: Pick<Step, 'stage' | 'rejects'> & Partial<Pick<SqlPlanStep, 'rows'>>,
  where?: string,
): Promise<MadeRows> {
  const refuses = step.rejects.length > 0
  const accepted = refuses ? 'count(*) filter (where _reject = 0)' : 'count(*)'
  const refused = refuses ? 'count(*) filter (where _reject <> 0)' : '0'
  const grouped = step.rows === 'group' ? 'coalesce(sum(_rows), 0)::bigint' : 'null'
  const row = await session.row<{ accepted: number; refused: number; grouped: number | null }>(
    `select ${accepted} as accepted, ${refused} as refused, ${grouped} as grouped from ${stepTable(step.stage).text}${where === undefined ? '' : ` where ${where}`}`,
  )
  return {
    read: undefined,
    accepted: row.accepted,
    refused: row.refused,
    grouped: row.grouped ?? undefined,
    keptOut: 0,
    outputs: {},
  }
}

/** The rows that a step read, where its own table tells and is believed. */
export function toldRead(
  { rows, proven }: Pick<SqlPlanStep, 'rows' | 'proven'>,
  { accepted, refused, grouped }: MadeRows,
): number | undefined {
  if (!proven) return undefined
  if (rows === 'same') return accepted + refused
  return rows === 'group' ? grouped : undefined
}
