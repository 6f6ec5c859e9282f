import { type Sql, sql } from '@sillage/sdk'
import type { Session } from '@sillage/sql'
import { isAdded, isRemoved, type SharedColumn } from './pairing.ts'

/** How many rows went from which segment to which. Every row of either version is in exactly one cell. */
export interface Migration {
  readonly column: string
  /** In the order of `from`, then `to`; the rows that entered come last. */
  readonly cells: readonly MigrationCell[]
}

export interface MigrationCell {
  /** `entered`: no row before, `from` is null. `left`: no row after, `to` is null. Else null is a row without a segment. */
  readonly kind: 'stayed' | 'moved' | 'entered' | 'left'
  readonly from: string | null
  readonly to: string | null
  readonly rows: number
}

/** The migration matrix of each segment column, over paired rows. */
export async function migrations(
  session: Session,
  { pairs, segments }: { readonly pairs: Sql; readonly segments: readonly SharedColumn[] },
): Promise<readonly Migration[]> {
  const found: Migration[] = []
  for (const { name } of segments) {
    const from = sql`cast(${sql.id('b', name)} as varchar)`
    const to = sql`cast(${sql.id('a', name)} as varchar)`
    const kind = sql`case when ${isAdded} then 'entered' when ${isRemoved} then 'left' when ${from} is not distinct from ${to} then 'stayed' else 'moved' end`
    const counted = sql`select ${kind} as kind, ${from} as ${sql.id('from')}, ${to} as ${sql.id('to')}, count(*) as rows from ${pairs} group by all`
    const cells = await session.rows(
      sql`select * from (${counted}) order by kind = 'entered', ${sql.id('from')} nulls last, kind = 'left', ${sql.id('to')} nulls last`
        .text,
    )
    found.push({ column: name, cells: cells as unknown as readonly MigrationCell[] })
  }
  return found
}
