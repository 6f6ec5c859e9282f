import { type Sql, sql } from '@sillage/sdk'
import type { Target } from '../casts/target.ts'
import type { ColumnSpec } from './column-spec.ts'
import type { Judgement } from './reject-mask.ts'

/** A column of the contract while it is compiled. */
export interface CastColumn {
  readonly name: string
  readonly spec: ColumnSpec
  readonly target: Target
  /** What was read, null where there is no value. */
  readonly read: Sql
  /** The exact value, null where there is none. */
  readonly value: Sql
  readonly canFail: boolean
}

/** The rules of one column that can refuse a row, in a fixed order; none where a broken one makes null. */
export function judgeColumn(column: CastColumn): readonly Judgement[] {
  const judged = rulesOf(column)
  return setsNull(column) ? [] : judged
}

/** The value that leaves: null for one that breaks a rule, where the contract says so. */
export function keptValue(column: CastColumn): Sql {
  const broken = setsNull(column) ? rulesOf(column).map((rule) => sql`(${rule.broken})`) : []
  return broken.length === 0
    ? column.value
    : sql`case when ${sql.join(broken, ' or ')} then null else ${column.value} end`
}

/** Whether a value was there that the contract makes null. */
export function isSetNull(column: CastColumn): Sql {
  return sql`(${column.read} is not null and ${keptValue(column)} is null)`
}

/** In YAML `on_invalid: null` is no text. */
export function setsNull({ spec }: { readonly spec: ColumnSpec }): boolean {
  return spec.on_invalid === null || spec.on_invalid === 'null'
}

function rulesOf({ name, spec, target, read, value, canFail }: CastColumn): readonly Judgement[] {
  const bound = (limit: string | number) => boundLiteral(limit, target)
  const { required, min, max, above, below, values, pattern } = spec
  const judgements: (Judgement | undefined)[] = [
    required ? { code: 'missing', message: `${name} has no value`, broken: sql`${read} is null` } : undefined,
    canFail
      ? {
          code: `not_${codeOf(target)}`,
          message: `${name} is not exactly ${withArticle(spec.type)}`,
          broken: sql`${read} is not null and ${value} is null`,
        }
      : undefined,
    min === undefined
      ? undefined
      : { code: 'below_min', message: `${name} is less than ${min}`, broken: sql`${value} < ${bound(min)}` },
    above === undefined
      ? undefined
      : {
          code: 'not_above',
          message: `${name} is not greater than ${above}`,
          broken: sql`${value} <= ${bound(above)}`,
        },
    max === undefined
      ? undefined
      : {
          code: 'above_max',
          message: `${name} is greater than ${max}`,
          broken: sql`${value} > ${bound(max)}`,
        },
    below === undefined
      ? undefined
      : {
          code: 'not_below',
          message: `${name} is not less than ${below}`,
          broken: sql`${value} >= ${bound(below)}`,
        },
    values === undefined
      ? undefined
      : {
          code: 'not_in_values',
          message: `${name} is none of the accepted values`,
          broken: sql`${value} not in (${sql.join(values.map((one) => boundLiteral(one, target)))})`,
        },
    pattern === undefined
      ? undefined
      : {
          code: 'no_match',
          message: `${name} does not match ${pattern}`,
          broken: sql`not regexp_full_match(${value}, ${pattern})`,
        },
  ]
  return judgements.flatMap((judgement) => (judgement ? [{ ...judgement, column: name }] : []))
}

function codeOf(target: Target): string {
  return target.kind
}

function withArticle(type: string): string {
  return /^[aeiou]/.test(type) ? `an ${type}` : `a ${type}`
}

function boundLiteral(limit: string | number | boolean, { kind }: Target): Sql {
  if (kind === 'date' || kind === 'timestamp') return sql`${sql.trusted(kind)} ${String(limit)}`
  return sql.literal(kind === 'text' ? String(limit) : limit)
}
