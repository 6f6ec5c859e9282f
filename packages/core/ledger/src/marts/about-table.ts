import { type Sql, sql } from '@sillage/sql'
import type { AboutTable, AboutValue } from './port.ts'

/** The names in words as `name` or `name:type`. */
type NameIn<Words extends string> = Words extends `${infer First} ${infer Rest}`
  ? NameIn<First> | NameIn<Rest>
  : Words extends `${infer Name}:${string}`
    ? Name
    : Words

/**
 * A table that a mart tells of itself: its columns in words (`stage rows:bigint`, text unless said), and what records hold under these names;
 * null where one holds nothing.
 */
export function aboutTable<const Words extends string>(
  name: string,
  words: Words,
  records: readonly { readonly [Name in NameIn<Words>]?: AboutValue }[],
): AboutTable {
  const columns = words.split(' ').map((word) => {
    const [column, type = 'varchar'] = word.split(':')
    return { name: column!, type: type.toUpperCase() }
  })
  const rows = records.map((record) => columns.map((column) => record[column.name as NameIn<Words>] ?? null))
  return { name, columns, rows }
}

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
