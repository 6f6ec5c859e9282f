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
}: {
  readonly from: Sql
  readonly column: string
  readonly as: string
  readonly top: number
  readonly others: string
}): Sql {
  const value = sql`coalesce(cast(${sql.id(column)} as varchar), '–')`
  return sql`
    select t.*, case when g._rank <= ${top} then g._group else ${others} end as ${sql.id(as)}
    from ${from} t
    join (
      select ${value} as _group, row_number() over (order by count(*) desc, ${value}) as _rank
      from ${from}
      group by 1
    ) g on g._group = ${value}
  `
}
