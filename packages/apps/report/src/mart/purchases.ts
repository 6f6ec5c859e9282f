import { type Sql, sql } from '@sillage/sql'
import { type MartColumn, type MartTable, meaningOf } from './open-mart.ts'

/** The column of a table of purchases that says who bought: the one that means it, else the one called as the key of the main mart. */
export function customerOf(purchases: MartTable, main: MartTable | undefined): MartColumn | undefined {
  const key = main?.columns.filter((one) => one.key) ?? []
  return (
    meaningOf(purchases, 'customer') ??
    (key.length === 1 ? purchases.columns.find(({ name }) => name === key[0]!.name) : undefined)
  )
}

/** Customer and day of each purchase; amounts of 0 and below are none. Undefined where the table does not say who bought, and when. */
export function purchasesOf(purchases: MartTable, main: MartTable | undefined): Sql | undefined {
  const at = meaningOf(purchases, 'purchase_at')
  const customer = customerOf(purchases, main)
  const amount = meaningOf(purchases, 'purchase_amount')
  if (!at || !customer) return undefined
  const condition = amount ? sql`where ${sql.id(amount.name)} > 0` : sql.empty
  return sql`select ${sql.id(customer.name)} as customer, cast(${sql.id(at.name)} as date) as day from ${sql.id('main', purchases.name)} ${condition}`
}
