import { type Sql, sql } from '@sillage/sql'
import type { Session } from '@sillage/store'
import { type MartTable, meaningOf } from './open-mart.ts'

const mostKinds = 6

/** A kind of customer by which a table is split, with the condition that its rows hold. */
export interface Kind {
  readonly name: string
  readonly holds: Sql
}

/** The activities that most rows of a table have, at most six; none where no column means one. */
export async function kindsOf(session: Session, table: MartTable): Promise<readonly Kind[]> {
  const activity = meaningOf(table, 'activity')
  if (!activity) return []
  const value = sql`cast(${sql.id(activity.name)} as varchar)`
  const rows = await session.rows<{ name: string }>(
    sql`select ${value} as name from ${sql.id('main', table.name)} where ${value} is not null group by 1 order by count(*) desc, 1 limit ${mostKinds}`
      .text,
  )
  return rows.map(({ name }) => ({ name, holds: sql`${value} = ${name}` }))
}
