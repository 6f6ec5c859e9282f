import { exactSum, type Sql, type SqlFacts, sql, typeOf } from '@sillage/sdk'
import type { RfmOptions } from './options.ts'

/** Figures of each customer. A line that is dated later or has no customer keeps nothing but its place in `_rows`. */
export function figures({ config, columns, input, asOfSql }: SqlFacts<RfmOptions>, months: boolean): Sql {
  const counts = sql`cast(${sql.id(config.at)} as date) <= ${asOfSql} and ${sql.id(config.customer)} is not null`
  const counted = (name: string, as: string) =>
    sql`case when ${counts} then ${sql.id(name)} end as ${sql.id(as)}`
  const lines = sql`
    select
      ${sql.lines([
        sql`${sql.id(config.customer)} as customer`,
        counted(config.at, 'at'),
        counted(config.amount, 'amount'),
        counted(config.transaction ?? config.at, 'purchase'),
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
        sql`case when count("at") > 0 then ${purchases} end as frequency`,
        sql`${monetary(config, typeOf(columns, config.amount), purchases)} as monetary`,
        config.monetary?.amount === 'last'
          ? sql`cast(sum(lines) as bigint) as _rows`
          : sql`count(*) as _rows`,
      ])}
    from (
      ${config.monetary?.amount === 'last' ? wholePurchases(config, lines, typeOf(columns, config.amount)) : lines}
    )
    group by customer
  `
}

/** The last purchase is its whole invoice; among purchases of one moment, the last by its number, or the largest amount. */
function wholePurchases({ transaction }: RfmOptions, lines: Sql, type: string): Sql {
  if (transaction === undefined) return sql`select *, 1 as lines from (${lines})`
  return sql`
    select customer, purchase, max("at") as "at", ${exactSum(sql`amount`, type)} as amount, count(*) as lines
    from (
      ${lines}
    )
    group by customer, purchase
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
