import { type Sql, sql } from '@sillage/sql'

/**
 * A column as groups: the `top` values that most rows have, by their text, and one group for all others. A statement to stand in a `with`:
 * it gives all columns of the relation, and the group as `as`.
 */
export function topGroups({
  from,
  column,
  as,
  top,
  others,
  rank = sql`count(*) desc`,
  fits = sql`true`,
}: {
  readonly from: Sql
  readonly column: string
  readonly as: string
  readonly top: number
  readonly others: string
  /** Which groups come first, over the rows of each; those that most rows have unless said. */
  readonly rank?: Sql
  /** Which groups may stand alone. */
  readonly fits?: Sql
}): Sql {
  const value = sql`coalesce(cast(${sql.id(column)} as varchar), '–')`
  return sql`
    select t.*, case when g._rank <= ${top} and g._fits then g._group else ${others} end as ${sql.id(as)}
    from ${from} t
    join (
      select ${value} as _group, row_number() over (order by ${rank}, ${value}) as _rank, ${fits} as _fits
      from ${from}
      group by 1
    ) g on g._group = ${value}
  `
}
