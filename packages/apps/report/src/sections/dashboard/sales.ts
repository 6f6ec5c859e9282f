import { exactSum, type Sql, sql } from '@sillage/sql'
import { type MartColumn, type MartTable, meaningOf } from '../../mart/open-mart.ts'
import { customerOf } from '../../mart/purchases.ts'
import type { SectionFacts } from '../../section-facts.ts'

/** What statements about sales are made of. */
export interface Sales {
  readonly table: MartTable
  readonly at: Sql
  readonly customer: Sql
  readonly amount: MartColumn
  /** The sum of the amounts, exact. */
  readonly sum: Sql
  /** How many purchases: lines with one id are one. */
  readonly purchaseCount: Sql
  /** How many credit notes or returns: what has an amount below zero is no purchase, and comes off the sum. */
  readonly returnCount: Sql
}

/** Undefined where no table says when, for how much and by whom was bought. */
export function salesOf({ purchases: table, main }: SectionFacts): Sales | undefined {
  const at = table && meaningOf(table, 'purchase_at')
  const amount = table && meaningOf(table, 'purchase_amount')
  const customer = table && customerOf(table, main)
  if (!table || !at || !amount || !customer) return undefined
  const id = meaningOf(table, 'purchase_id')
  const counted = id ? sql`count(distinct ${sql.id(id.name)})` : sql`count(*)`
  return {
    table,
    at: sql.id(at.name),
    customer: sql.id(customer.name),
    amount,
    sum: exactSum(sql.id(amount.name), amount.type),
    purchaseCount: sql`${counted} filter (where coalesce(${sql.id(amount.name)}, 1) > 0)`,
    returnCount: sql`${counted} filter (where ${sql.id(amount.name)} < 0)`,
  }
}

/** The columns of a table of sales that count purchases and, where there are any, returns apart. */
export async function countColumns({ disclosure, words }: SectionFacts, sales: Sales) {
  const [row] = await disclosure.rows(
    sql`select count(*) as returns from ${sql.id('main', sales.table.name)} where ${sql.id(sales.amount.name)} < 0`,
  )
  const hasReturns = Number(row!.returns) > 0
  const column = (name: string, title: string) => ({
    name,
    title,
    format: 'count' as const,
    people: 'people',
  })
  return {
    hasReturns,
    selected: [
      sql`${sales.purchaseCount} as purchases`,
      ...(hasReturns ? [sql`${sales.returnCount} as returns`] : []),
    ],
    columns: [
      column('purchases', words.dashboard.purchases),
      ...(hasReturns ? [column('returns', words.dashboard.returns)] : []),
    ],
  }
}
