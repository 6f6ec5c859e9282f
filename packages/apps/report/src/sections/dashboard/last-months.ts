import { type Sql, sql } from '@sillage/sql'
import type { MartTable } from '../../mart/open-mart.ts'

const months = 12

/** The condition that a row of a table is of its last twelve months, the one of its last row included. */
export function inLastMonths(table: MartTable, at: Sql): Sql {
  return sql`${at} >= (select date_trunc('month', max(${at})) - interval ${sql.trusted(String(months - 1))} months from ${sql.id('main', table.name)})`
}

/** All months from one to another, as `2014-05`: those in which nothing happened too. */
export function monthsBetween(first: string, last: string): readonly string[] {
  const number = (month: string): number => Number(month.slice(0, 4)) * 12 + Number(month.slice(5)) - 1
  return Array.from({ length: number(last) - number(first) + 1 }, (_, index) => {
    const month = number(first) + index
    return `${String(Math.floor(month / 12)).padStart(4, '0')}-${String((month % 12) + 1).padStart(2, '0')}`
  })
}

/** The last month, as `2014-05`, where it goes on after the day of the report; undefined where it is over, or no day is known. */
export function openMonth(last: string | undefined, asOf: string | null): string | undefined {
  if (last === undefined || asOf === null || last !== asOf.slice(0, 7)) return undefined
  const next = new Date(`${asOf.slice(0, 10)}T00:00:00Z`)
  next.setUTCDate(next.getUTCDate() + 1)
  return next.toISOString().slice(0, 7) === last ? last : undefined
}
