import { type Column, isFloating } from './column.ts'
import { type Sql, sql } from './sql.ts'

/** Digits behind the point that an exact sum of doubles keeps. */
export const exactSumScale = 9

/**
 * A sum that does not depend on the order of the rows. Doubles are rounded to nine decimals and summed as DECIMAL(38,9), since
 * DuckDB's own sum of doubles differs from run to run; integers and decimals are exact already. Null where no value is present.
 */
export function exactSum(expression: Sql, type: string): Sql {
  if (!isFloating(type)) return sql`sum(${expression})`
  return sql`cast(sum(cast(${expression} as decimal(38, ${exactSumScale}))) as double)`
}

export function typeOf(columns: readonly Column[], name: string): string {
  return columns.find((column) => column.name === name)?.type ?? 'VARCHAR'
}
