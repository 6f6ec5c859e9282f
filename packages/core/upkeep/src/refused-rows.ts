import { sql } from '@sillage/sdk'
import type { JsonRow, Session } from '@sillage/sql'

/** What a stage refused, as the working database holds it. */
export interface RefusedStage {
  readonly stage: string
  /** Rows that came in; of a source the rows that it read, refused ones among them. */
  readonly rows_in: number
  /** Rows that were refused; one that breaks two rules counts once. */
  readonly rejected: number
  /** In [0, 1]. */
  readonly share: number
  /** Most rows first; a row that breaks two rules counts in both. */
  readonly reasons: readonly RefusedReason[]
}

export interface RefusedReason {
  readonly code: string
  readonly column: string | null
  readonly message: string
  readonly rows: number
  /** Of the rows that came in, in [0, 1]. */
  readonly share: number
  /** Rows as they came, where they were asked for: personal data. */
  readonly samples: readonly JsonRow[]
}

type ReasonRow = Omit<RefusedReason, 'share' | 'samples'> & { readonly stage: string }

/** Refused rows by stage and reason, from the working database of the last run. `samples` rows of each reason, 0 for none. */
export async function refusedRows(
  session: Session,
  { stages, samples }: { readonly stages: readonly string[]; readonly samples: number },
): Promise<readonly RefusedStage[]> {
  const reasons = await session.rows<ReasonRow>(
    'select stage, code, column_name as "column", message, rows from sillage.rejects order by rows desc, code, column_name',
  )
  const counts = await session.rows<{ stage: string; rows_in: number; rejected: number }>(`
    select stage, coalesce(rows_in, rows_out + rejected) as rows_in, rejected
    from sillage.steps
    qualify row_number() over (partition by stage order by run desc) = 1`)
  const found: RefusedStage[] = []
  for (const stage of stages) {
    const own = reasons.filter((reason) => reason.stage === stage)
    const count = counts.find((one) => one.stage === stage)
    if (own.length === 0 || !count) continue
    const { rows_in, rejected } = count
    const share = (rows: number): number => (rows_in === 0 ? 0 : rows / rows_in)
    const told: RefusedReason[] = []
    for (const { code, column, message, rows } of own) {
      const some = samples === 0 ? [] : await samplesOf(session, { stage, code, column, samples })
      told.push({ code, column, message, rows, share: share(rows), samples: some })
    }
    found.push({ stage, rows_in, rejected, share: share(rejected), reasons: told })
  }
  return found
}

interface SampleFacts {
  readonly stage: string
  readonly code: string
  readonly column: string | null
  readonly samples: number
}

/** Rows of one reason, in the order of their files where that is known. */
async function samplesOf(
  session: Session,
  { stage, code, column, samples }: SampleFacts,
): Promise<readonly JsonRow[]> {
  const relation = sql.id('reject', stage)
  const { columns } = await session.table(sql`select * from ${relation} limit 0`.text)
  const placed = columns.some(({ name }) => name === 'file') && columns.some(({ name }) => name === 'line')
  const label = column === null ? code : `${column}: ${code}`
  return await session.rows(
    sql`select * from ${relation} where list_contains(codes, ${label})${placed ? sql` order by file, line` : sql.empty} limit ${samples}`
      .text,
  )
}
