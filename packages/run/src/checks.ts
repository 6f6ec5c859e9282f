import type { Expectation, PipelineMart } from '@sillage/plan'
import { type Sql, sql } from '@sillage/sdk'
import type { CheckRecord, Session, StepCounts } from '@sillage/store'

export interface CheckContext {
  readonly session: Session
  readonly stage: string
  readonly relation: Sql
  readonly counts: StepCounts
  readonly relationOfStage: (stage: string) => Sql
}

/** Runs one check; `found` is the number of rows that break it, or the figure that was held to a bound. */
export async function runCheck(check: Expectation, context: CheckContext): Promise<CheckRecord> {
  const { found, holds } = await measure(check, context)
  return {
    stage: context.stage,
    check: check.name ?? check.kind,
    status: holds ? 'pass' : check.severity === 'warn' ? 'warn' : 'fail',
    severity: check.severity,
    found,
  }
}

async function measure(
  check: Expectation,
  context: CheckContext,
): Promise<{ readonly found: number; readonly holds: boolean }> {
  if (check.kind === 'rejected') {
    const { rejected, rows_in, rows_out } = context.counts
    const share = rejected / Math.max(1, rows_in ?? rows_out + rejected)
    const found = check.max_share === undefined ? rejected : Number(share.toFixed(6))
    return {
      found,
      holds:
        (check.max_share === undefined || share <= check.max_share) &&
        (check.max_rows === undefined || rejected <= check.max_rows),
    }
  }
  const { found } = await context.session.row<{ found: number }>(countBreaking(check, context).text)
  if (check.kind === 'row_count')
    return {
      found,
      holds:
        (check.min === undefined || found >= check.min) && (check.max === undefined || found <= check.max),
    }
  return { found, holds: found === 0 }
}

/** A select of one number: the rows that break the check (all rows, for row_count). */
function countBreaking(
  check: Exclude<Expectation, { readonly kind: 'rejected' }>,
  { relation, relationOfStage }: CheckContext,
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

/** The checks that a mart's key implies. */
export function keyChecks(mart: PipelineMart): readonly Expectation[] {
  if (mart.key.length === 0) return []
  return [
    { kind: 'not_null', columns: mart.key, severity: 'error', name: `key of ${mart.name} is not null` },
    { kind: 'unique', columns: mart.key, severity: 'error', name: `key of ${mart.name} is unique` },
  ]
}
