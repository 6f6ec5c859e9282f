import type { Expectation } from '@sillage/pipeline'
import { type Sql, sql } from '@sillage/sdk'

interface CheckedRelations {
  readonly relation: Sql
  readonly relationOfStage: (stage: string) => Sql
}

/** A select of one number: the rows that break the check (all rows, for row_count). */
export function countBreaking(
  check: Exclude<Expectation, { readonly kind: 'rejected' }>,
  { relation, relationOfStage }: CheckedRelations,
): Sql {
  const scope = check.where === undefined ? sql`true` : sql.trusted(check.where)
  const breaking = (condition: Sql): Sql =>
    sql`select count(*) as found from ${relation} where ${scope} and (${condition})`
  switch (check.kind) {
    case 'not_null':
      return breaking(
        sql.join(
          check.columns.map((column) => sql`${sql.id(column)} is null`),
          ' or ',
        ),
      )
    case 'unique': {
      const columns = sql.join(check.columns.map((column) => sql.id(column)))
      return sql`select count(*) as found from (select ${columns} from ${relation} where ${scope} group by ${columns} having count(*) > 1)`
    }
    case 'accepted_values':
      return breaking(
        sql`${sql.id(check.column)} is not null and ${sql.id(check.column)} not in (${sql.join(check.values.map((value) => sql.literal(value)))})`,
      )
    case 'range':
      return breaking(sql.join(outside(check), ' or '))
    case 'relationships':
      return breaking(
        sql`${sql.id(check.column)} is not null and ${sql.id(check.column)} not in (select ${sql.id(check.field)} from ${relationOfStage(check.to)} where ${sql.id(check.field)} is not null)`,
      )
    case 'row_count':
      return sql`select count(*) as found from ${relation} where ${scope}`
    case 'sql':
      return breaking(sql`not coalesce(${sql.trusted(check.expression)}, true)`)
  }
}

function outside({
  column,
  min,
  max,
  above,
  below,
}: Expectation & { readonly kind: 'range' }): readonly Sql[] {
  const name = sql.id(column)
  return [
    ...(min === undefined ? [] : [sql`${name} < ${min}`]),
    ...(max === undefined ? [] : [sql`${name} > ${max}`]),
    ...(above === undefined ? [] : [sql`${name} <= ${above}`]),
    ...(below === undefined ? [] : [sql`${name} >= ${below}`]),
  ]
}
