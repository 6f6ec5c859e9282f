import type { Kept } from '@sillage/ledger'
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

/** Refused rows by stage and reason, as the last run left them. `samples` rows of each reason, 0 for none. */
export async function refusedRows(
  { ledger, session }: Pick<Kept, 'ledger' | 'session'>,
  { stages, samples }: { readonly stages: readonly string[]; readonly samples: number },
): Promise<readonly RefusedStage[]> {
  const reasons = [...(await ledger.rejects())].sort((a, b) => b.rows - a.rows)
  const counts = await ledger.lastCounts()
  const found: RefusedStage[] = []
  for (const stage of stages) {
    const own = reasons.filter((reason) => reason.stage === stage)
    const count = counts.get(stage)
    if (own.length === 0 || !count) continue
    const { rejected } = count
    const rows_in = count.rows_in ?? count.rows_out + rejected
    const share = (rows: number): number => (rows_in === 0 ? 0 : rows / rows_in)
    const told: RefusedReason[] = []
    for (const { code, column_name: column, message, rows } of own) {
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
