import type { RejectRecord } from '@sillage/ledger'
import { carriesPlaces, type Step } from '@sillage/plan'
import { type Sql, sql } from '@sillage/sdk'
import type { Session } from '@sillage/sql'
import { stepTable } from './step-table.ts'

/** The lines that a scan could not read, as `reject.<stage>` shows them. */
export function unreadLines(stage: string, run: Sql): string {
  const table = stepTable(stage, 'refused')
  return sql`select _file as file, _line as line, _raw as raw, [code] as codes, [message] as reasons, ${run} as run, strptime(left(${run}, 15), '%Y%m%dT%H%M%S') as "at" from ${table}`
    .text
}

/** Counts them by reason. */
export async function countUnread(session: Session, stage: string): Promise<readonly RejectRecord[]> {
  const reasons = await session.rows<{ code: string; message: string; rows: number }>(
    `select code, message, count(*) as rows from ${stepTable(stage, 'refused').text} group by all order by rows desc, code`,
  )
  return reasons.map((reason) => ({ ...reason, stage, column_name: null }))
}

/** The lines that the scans refused from which the rows of a step come. */
export function unreadBelow(step: Pick<Step, 'inputs'>, steps: ReadonlyMap<string, Step>): Sql | undefined {
  const sources = new Set<string>()
  const seen = new Set<string>()
  const walk = ({ inputs }: Pick<Step, 'inputs'>): void => {
    for (const reference of Object.values(inputs)[0] ?? []) {
      const input = steps.get(reference)
      if (!input || seen.has(reference) || !carriesPlaces(input)) continue
      seen.add(reference)
      if (input.style !== 'source') walk(input)
      else if (input.refused !== undefined) sources.add(input.stage)
    }
  }
  walk(step)
  if (sources.size === 0) return undefined
  const tables = [...sources].map(
    (source) => sql`select _file, _line, _skipped from ${stepTable(source, 'refused')}`,
  )
  return sql`(${sql.join(tables, ' union all ')})`
}
