import { isFloating, isInteger, isTemporal, type Sql, sql } from '@sillage/sdk'
import { sqlTypeOf, type Target } from './target.ts'

/** The exact value of a typed column, and whether it may fail; undefined where only its text can say. */
export function exactFromTyped(
  source: Sql,
  type: string,
  target: Target,
): { readonly value: Sql; readonly canFail: boolean } | undefined {
  switch (target.kind) {
    case 'text':
      return { value: sql`cast(${source} as varchar)`, canFail: false }
    case 'integer':
      return integer(source, type)
    case 'double':
      return double(source, type)
    case 'decimal':
      return decimal(source, type, target)
    case 'boolean':
      return type === 'BOOLEAN' ? { value: source, canFail: false } : undefined
    case 'date':
    case 'timestamp':
      return temporal(source, type, target.kind)
    default:
      return target satisfies never
  }
}

/** A double holds each integer up to 2^53 only. */
function integer(source: Sql, type: string) {
  const value = sql`try_cast(${source} as bigint)`
  if (isInteger(type)) return { value, canFail: /^(HUGEINT|UHUGEINT|UBIGINT)$/.test(type) }
  if (isFloating(type))
    return {
      value: sql`case when ${source} = trunc(${source}) and abs(${source}) <= ${2 ** 53} then ${value} end`,
      canFail: true,
    }
  if (type.startsWith('DECIMAL'))
    return { value: sql`case when ${source} = trunc(${source}) then ${value} end`, canFail: true }
  return undefined
}

function double(source: Sql, type: string) {
  const value = sql`cast(${source} as double)`
  if (isFloating(type)) return { value: sql`case when isfinite(${source}) then ${value} end`, canFail: true }
  if (/^U?(TINYINT|SMALLINT|INTEGER)$/.test(type)) return { value, canFail: false }
  if (isInteger(type))
    return {
      value: sql`case when try_cast(${value} as hugeint) = ${source} then ${value} end`,
      canFail: true,
    }
  return undefined
}

function decimal(source: Sql, type: string, target: Extract<Target, { kind: 'decimal' }>) {
  const value = sql`try_cast(${source} as ${sql.trusted(sqlTypeOf(target))})`
  if (isInteger(type)) return { value, canFail: true }
  if (isFloating(type)) return shortest(source, type, target)
  const [, precision, scale] = /^DECIMAL\((\d+),(\d+)\)$/.exec(type) ?? []
  if (scale === undefined) return undefined
  if (Number(scale) > target.scale)
    return {
      value: sql`case when try_cast(${value} as ${sql.trusted(type)}) = ${source} then ${value} end`,
      canFail: true,
    }
  return { value, canFail: Number(precision) - Number(scale) > target.precision - target.scale }
}

/**
 * The decimal that a double is written as: its shortest digits (`1e22`, where a plain cast makes digits up). The way back goes by text too,
 * which rounds as IEEE 754 says. Of a text with an exponent DuckDB's cast lets a digit too many pass (`1.01e3` as decimal(4,1)).
 */
function shortest(source: Sql, type: string, target: Extract<Target, { kind: 'decimal' }>) {
  const value = sql`try_cast(cast(${source} as varchar) as ${sql.trusted(sqlTypeOf(target))})`
  const back = sql`try_cast(cast(${value} as varchar) as ${sql.trusted(type)})`
  const beyond = sql.trusted(`1e${target.precision - target.scale}`)
  return {
    value: sql`case when abs(cast(${source} as double)) < ${beyond} and ${back} = ${source} then ${value} end`,
    canFail: true,
  }
}

function temporal(source: Sql, type: string, kind: 'date' | 'timestamp') {
  if (!isTemporal(type)) return undefined
  const utc = type === 'TIMESTAMP WITH TIME ZONE' ? sql`make_timestamp(epoch_us(${source}))` : source
  const value = sql`try_cast(${utc} as ${sql.trusted(kind)})`
  if (type.toLowerCase() === kind || (type === 'DATE' && kind === 'timestamp'))
    return { value, canFail: false }
  return { value: sql`case when ${value} = ${utc} then ${value} end`, canFail: true }
}
