import { type Sql, sql } from '@sillage/sql'
import type { AboutTable, AboutValue } from './port.ts'

/** A select of the rows of a table that a mart tells of itself, in their order. */
export function selectAbout({ columns, rows }: AboutTable): Sql {
  const list = sql.join(
    columns.map(({ name, type }) => sql`${sql.id(name)}::${sql.trusted(type)} as ${sql.id(name)}`),
  )
  const shape = sql.join(columns.map(({ name }) => sql.id(name)))
  const nulls = sql`(${sql.join(columns.map(() => sql`null`))})`
  const values = rows.map((row) => sql`(${sql.join(row.map(literal))})`)
  return sql`select ${list} from (values ${sql.join(values.length > 0 ? values : [nulls])}) t(${shape})${rows.length > 0 ? sql`` : sql` where false`}`
}

function literal(value: AboutValue): Sql {
  return Array.isArray(value) ? sql.list([...value]) : sql`${value as Exclude<AboutValue, readonly string[]>}`
}
