import { exactSum, type Sql, type SqlFacts, sql, typeOf } from '@sillage/sdk'
import type { RfmOptions } from './options.ts'

/**
 * Figures of each customer. A line that is dated later or has no customer keeps nothing but its place in `_rows` and, if it is dated later, in
 * `_later`. A line below zero is a return: it is no purchase, and its amount goes off the others.
 */
export function figures({ config, columns, input, asOfSql }: SqlFacts<RfmOptions>, months: boolean): Sql {
  const [at, amount] = [sql.id(config.at), sql.id(config.amount)]
  const transaction = sql.id(config.transaction ?? config.at)
  const counts = sql`cast(${at} as date) <= ${asOfSql} and ${sql.id(config.customer)} is not null`
  const isPurchase = sql`${counts} and (${amount} >= 0 or ${amount} is null)`
  const lines = sql`
    select
      ${sql.lines([
        sql`${sql.id(config.customer)} as customer`,
        sql`case when ${counts} then ${at} end as counted_at`,
        sql`case when ${isPurchase} then ${at} end as "at"`,
        sql`case when ${counts} then ${amount} end as amount`,
        sql`case when ${counts} then ${transaction} end as invoice`,
        sql`case when ${isPurchase} then ${transaction} end as purchase`,
        sql`cast(${at} as date) > ${asOfSql} as later`,
      ])}
    from ${input}
  `
  const last = sql`cast(max("at") as date)`
  const purchases = config.transaction === undefined ? sql`count(purchase)` : sql`count(distinct purchase)`
  return sql`
    select
      ${sql.lines([
        sql`customer as ${sql.id(config.customer)}`,
        sql`date_diff('day', ${last}, ${asOfSql}) as recency_days`,
        ...(months ? [sql`date_sub('month', ${last}, ${asOfSql}) as recency_months`] : []),
        sql`case when count(counted_at) > 0 then ${purchases} end as frequency`,
        sql`${monetary(config, typeOf(columns, config.amount), purchases)} as monetary`,
        ...(config.monetary?.amount === 'last'
          ? [sql`cast(sum(lines) as bigint) as _rows`, sql`cast(sum(later) as bigint) as _later`]
          : [sql`count(*) as _rows`, sql`count(*) filter (where later) as _later`]),
      ])}
    from (
      ${config.monetary?.amount === 'last' ? wholePurchases(config, lines, typeOf(columns, config.amount)) : lines}
    )
    group by customer
  `
}

/** The last purchase is its whole invoice; among purchases of one moment, the last by its number, or the largest amount. */
function wholePurchases({ transaction }: RfmOptions, lines: Sql, type: string): Sql {
  if (transaction === undefined)
    return sql`select * replace (later::integer as later), 1 as lines from (${lines})`
  return sql`
    select
      ${sql.lines([
        sql`customer`,
        sql`max(purchase) as purchase`,
        sql`max(counted_at) as counted_at`,
        sql`max("at") as "at"`,
        sql`${exactSum(sql`amount`, type)} as amount`,
        sql`count(*) as lines`,
        sql`count(*) filter (where later) as later`,
      ])}
    from (
      ${lines}
    )
    group by customer, invoice
  `
}

function monetary({ monetary, transaction }: RfmOptions, type: string, purchases: Sql): Sql {
  switch (monetary?.amount ?? 'sum') {
    case 'sum':
      return exactSum(sql`amount`, type)
    case 'mean':
      return sql`${exactSum(sql`amount`, type)} / nullif(${purchases}, 0)`
    case 'last':
      return sql`arg_max(amount, row("at", ${transaction === undefined ? sql`amount` : sql`purchase`})) filter (where "at" is not null)`
  }
}
