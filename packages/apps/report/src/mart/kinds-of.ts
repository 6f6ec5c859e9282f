import { type Sql, sql } from '@sillage/sql'
import type { SectionFacts } from '../section-facts.ts'
import { type MartTable, meaningOf } from './open-mart.ts'

type KindFacts = Pick<SectionFacts, 'mart' | 'labels'>

const mostKinds = 6
const mostSides = 4

/** A kind of row by which a table is split, as the report calls it, with the condition that its rows hold. */
export interface Kind {
  readonly name: string
  readonly holds: Sql
}

/** The activities that most rows of a table have, at most six; none where no column means one. */
export async function kindsOf({ mart, labels }: KindFacts, table: MartTable): Promise<readonly Kind[]> {
  return await commonValues({ mart, labels }, { table, meaning: 'activity', most: mostKinds })
}

/** The sides of a table, such as client and prospect, by name; one without a name where no column means one. */
export async function sidesOf(
  { mart, labels }: KindFacts,
  table: MartTable,
): Promise<readonly (Omit<Kind, 'name'> & { readonly name: string | undefined })[]> {
  const sides = await commonValues({ mart, labels }, { table, meaning: 'side', most: mostSides })
  return sides.length === 0
    ? [{ name: undefined, holds: sql`true` }]
    : [...sides].sort((a, b) => (a.name < b.name ? -1 : 1))
}

/** The values that most rows have of the column that means something, the most frequent first; none where no column does. */
export async function commonValues(
  { mart, labels }: KindFacts,
  { table, meaning, most }: { readonly table: MartTable; readonly meaning: string; readonly most: number },
): Promise<readonly Kind[]> {
  const column = meaningOf(table, meaning)
  if (!column) return []
  const value = sql`cast(${sql.id(column.name)} as varchar)`
  const rows = await mart.session.rows<{ name: string }>(
    sql`select ${value} as name from ${sql.id('main', table.name)} where ${value} is not null group by 1 order by count(*) desc, 1 limit ${most}`
      .text,
  )
  return rows.map(({ name }) => ({ name: labels.value(column.name, name), holds: sql`${value} = ${name}` }))
}
