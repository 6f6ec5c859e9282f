import { type Column, isNumeric, type Sql, sql } from '@sillage/sdk'

/** A column that both versions of a table have. */
export interface SharedColumn {
  readonly name: string
  readonly from: string
  readonly to: string
}

export function sharedColumns(before: readonly Column[], after: readonly Column[]): readonly SharedColumn[] {
  const types = new Map(before.map(({ name, type }) => [name, type]))
  return after.flatMap(({ name, type }) =>
    types.has(name) ? [{ name, from: types.get(name)!, to: type }] : [],
  )
}

/** Two values of a column as comparable expressions: as they are, or as text where the type changed to another kind. */
export function comparable(
  { from, to }: SharedColumn,
  { before, after }: { readonly before: Sql; readonly after: Sql },
): { readonly before: Sql; readonly after: Sql } {
  if (from === to || (isNumeric(from) && isNumeric(to))) return { before, after }
  return { before: sql`cast(${before} as varchar)`, after: sql`cast(${after} as varchar)` }
}

/**
 * Rows of both versions side by side by key, the rest of either version beside nothing: columns `b.…` and `a.…`, and
 * `b._there`, `a._there`, null where the row is absent on that side.
 */
export function pairedBy(key: readonly SharedColumn[], { before, after }: Sides): Sql {
  const on = key.map((column) => {
    const sides = comparable(column, {
      before: sql.id('b', column.name),
      after: sql.id('a', column.name),
    })
    return sql`${sides.before} is not distinct from ${sides.after}`
  })
  return sql`(select *, true as _there from ${before}) b full join (select *, true as _there from ${after}) a on ${sql.join(on, ' and ')}`
}

export interface Sides {
  readonly before: Sql
  readonly after: Sql
}

/** True where the values of a pair differ. */
export function differs(column: SharedColumn): Sql {
  const sides = comparable(column, { before: sql.id('b', column.name), after: sql.id('a', column.name) })
  return sql`${sides.before} is distinct from ${sides.after}`
}

export const isPair = sql`b._there and a._there`
export const isAdded = sql`b._there is null`
export const isRemoved = sql`a._there is null`
