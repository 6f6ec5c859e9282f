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
}

/** Undefined where no table says when, for how much and by whom was bought. */
export function salesOf({ purchases: table, main }: SectionFacts): Sales | undefined {
  const at = table && meaningOf(table, 'purchase_at')
  const amount = table && meaningOf(table, 'purchase_amount')
  const customer = table && customerOf(table, main)
  if (!table || !at || !amount || !customer) return undefined
  const id = meaningOf(table, 'purchase_id')
  return {
    table,
    at: sql.id(at.name),
    customer: sql.id(customer.name),
    amount,
    sum: exactSum(sql.id(amount.name), amount.type),
    purchaseCount: id ? sql`count(distinct ${sql.id(id.name)})` : sql`count(*)`,
  }
}
