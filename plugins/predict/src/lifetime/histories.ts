import { exactSum, type Sql, type SqlFacts, sql, typeOf } from '@sillage/sdk'
import type { LifetimeConfig } from './config.ts'

export const daysPerUnit = { week: 7, day: 1 } as const

/**
 * One row a customer: days with a purchase after the first (frequency), time between the first and the last (recency) and
 * between the first and the as-of date (age), mean amount of the repeat days (monetary), and of two halves of these days,
 * drawn by the day (`_half`, `_other_half`). `_rows` counts all lines read, `_later` those dated after the as-of date. With held-out days
 * `_early_frequency`, `_early_recency` and `_early_age` tell the same up to the day before them (null for who had not bought yet), and
 * `_held_out` the days with a purchase since.
 */
export function customerHistories({ config, columns, input, asOfSql }: SqlFacts<LifetimeConfig>): Sql {
  const days = sql`${daysPerUnit[config.time_unit ?? 'week']}`
  const since = (from: Sql, to: Sql): Sql => sql`cast(date_diff('day', ${from}, ${to}) as double) / ${days}`
  const type = typeOf(columns, config.amount)
  const repeats = sql`filter (where day > first_day)`
  const meanOf = (filter: Sql): Sql =>
    sql`cast(${exactSum(sql`amount`, type)} ${filter} / nullif(count(amount) ${filter}, 0) as double)`
  const half = (number: number): Sql => sql`filter (where day > first_day and hash(day) % 2 = ${number})`
  return sql`
    select
      customer as ${sql.id(config.customer)},
      case when count(day) > 0 then count(day) - 1 end as frequency,
      ${since(sql`min(day)`, sql`max(day)`)} as recency,
      ${since(sql`min(day)`, asOfSql)} as age,
      ${meanOf(repeats)} as monetary,
      ${meanOf(half(0))} as _half,
      ${meanOf(half(1))} as _other_half,
      ${config.holdout_days === undefined ? sql.empty : sql`${heldOut(config.holdout_days, { asOfSql, since })},`}
      cast(sum(lines) as bigint) as _rows,
      cast(sum(later) as bigint) as _later
    from (
      select
        *,
        min(day) over (partition by customer) as first_day
      from (
        ${purchaseDays(config, input, asOfSql, type)}
      )
    )
    group by customer
  `
}

function heldOut(
  holdoutDays: number,
  { asOfSql, since }: { readonly asOfSql: Sql; readonly since: (from: Sql, to: Sql) => Sql },
): Sql {
  const cut = sql`(${asOfSql} - ${holdoutDays})`
  const early = sql`filter (where day <= ${cut})`
  return sql.lines([
    sql`case when count(day) ${early} > 0 then count(day) ${early} - 1 end as _early_frequency`,
    sql`${since(sql`min(day)`, sql`max(day) ${early}`)} as _early_recency`,
    sql`case when min(day) <= ${cut} then ${since(sql`min(day)`, cut)} end as _early_age`,
    sql`count(day) filter (where day > ${cut}) as _held_out`,
  ])
}

/** One row a customer and day with a purchase, and one more with a null day for lines that are none. */
function purchaseDays(config: LifetimeConfig, input: Sql, asOfSql: Sql, type: string): Sql {
  const [customer, at, amount] = [sql.id(config.customer), sql.id(config.at), sql.id(config.amount)]
  const isPurchase = sql`${customer} is not null and cast(${at} as date) <= ${asOfSql} and (${amount} is null or ${amount} >= 0)`
  return sql`
    select
      customer,
      day,
      ${exactSum(sql`amount`, type)} as amount,
      count(*) as lines,
      count(*) filter (where later) as later
    from (
      select
        ${customer} as customer,
        case when ${isPurchase} then cast(${at} as date) end as day,
        case when ${isPurchase} then ${amount} end as amount,
        cast(${at} as date) > ${asOfSql} as later
      from ${input}
    )
    group by customer, day
  `
}
