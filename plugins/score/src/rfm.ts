import {
  type CheckFacts,
  defineSql,
  exactSum,
  isNumeric,
  isTemporal,
  type Problem,
  type Sql,
  type SqlFacts,
  type SqlStep,
  type Static,
  sql,
  t,
  typeOf,
} from '@sillage/sdk'
import { bandPoints, checkBands } from './points/bands.ts'

const cuts = {
  bands: t.optional(
    t.list(t.number(), { minItems: 1, description: 'Bounds of half-open bands: [a, b] cuts <a, a–<b, ≥b.' }),
  ),
  points: t.optional(
    t.list(t.number(), { minItems: 2, description: 'Points of each band: one more than bounds.' }),
  ),
}

const config = t.object({
  customer: t.column({ description: 'Who buys.' }),
  at: t.column({ description: 'When: a date or a timestamp.' }),
  amount: t.column({ description: 'For how much.' }),
  transaction: t.optional(
    t.column({
      description:
        'What makes lines one purchase, such as the number of the invoice; each line is one unless said.',
    }),
  ),
  recency: t.optional(
    t.object({
      ...cuts,
      unit: t.optional(
        t.oneOf(['days', 'months'], {
          default: 'days',
          description:
            'Whole calendar days or whole calendar months from the last purchase to the as-of date.',
        }),
      ),
    }),
  ),
  frequency: t.optional(t.object(cuts)),
  monetary: t.optional(
    t.object({
      ...cuts,
      amount: t.optional(
        t.oneOf(['sum', 'mean', 'last'], {
          default: 'sum',
          description: 'The sum of all amounts, the mean of a purchase, or the last purchase.',
        }),
      ),
    }),
  ),
  quintiles: t.optional(
    t.boolean({
      default: false,
      description: 'Points 1 to 5 by fifths of the customers, 5 the best, instead of bands.',
    }),
  ),
})

type Config = Static<typeof config>

const measures = ['recency', 'frequency', 'monetary'] as const

export default defineSql({
  name: 'score/rfm',
  summary:
    'Sums up the purchases of each customer as recency, frequency and monetary value, with points for each.',
  description: `
**Meaning**: how recently, how often and for how much a customer bought, up to the as-of date and including it. **Range**: with bands,
the sums of the points; with quintiles 3 to 15. **Direction**: more is better, if the points say so. **Date**: the pipeline's \`as_of\`.

Points come from bands, or from fifths (\`quintiles\`): then customers with the same figure may fall on both sides of a cut, in the order
of the customer's id, so that the fifths are equal and the result is the same each time.

Lines after the as-of date, and lines without a time, are counted as read but make no figures; a customer who has no others has null
figures. Lines without a customer stand together in one row without figures, whose customer is null. Lines without a transaction
count in no frequency. Amounts of type double are rounded to nine decimals and summed exactly.
`,
  config,
  rows: 'group',
  incremental: ({ quintiles }) => (quintiles ? 'whole' : 'by_key'),
  key: ({ customer }) => [customer],
  examples: [
    {
      title: 'Points by bands',
      asOf: '2011-12-10',
      with: {
        customer: 'customer',
        at: 'at',
        amount: 'amount',
        transaction: 'invoice',
        recency: { bands: [30, 150], points: [2, 1, 0] },
        frequency: { bands: [2, 11], points: [0, 1, 2] },
        monetary: { bands: [20, 50], points: [0, 1, 2] },
      },
      inputs: {
        input: {
          columns: { customer: 'integer', at: 'timestamp', amount: 'decimal(18,2)', invoice: 'varchar' },
          rows: [
            [1, '2011-12-09 23:59:00', '30.00', 'A'],
            [1, '2011-12-09 23:59:00', '19.99', 'A'],
            [1, '2011-01-01 08:00:00', '0.01', 'B'],
            [2, '2011-07-13 08:00:00', '20.00', 'C'],
            [2, '2011-12-11 00:00:00', '99.00', 'D'],
          ],
        },
      },
      rows: [
        {
          customer: 1,
          recency_days: 1,
          frequency: 2,
          monetary: '50.00',
          recency_points: 2,
          frequency_points: 1,
          monetary_points: 2,
          rfm_points: 5,
        },
        {
          customer: 2,
          recency_days: 150,
          frequency: 1,
          monetary: '20.00',
          recency_points: 0,
          frequency_points: 0,
          monetary_points: 1,
          rfm_points: 1,
        },
      ],
    },
    {
      title: 'Points by fifths of the customers',
      asOf: '2014-05-23',
      with: { customer: 'customer', at: 'day', amount: 'amount', quintiles: true },
      inputs: {
        input: {
          columns: { customer: 'varchar', day: 'date', amount: 'double' },
          rows: [
            ['a', '2014-05-22', 0.1],
            ['a', '2014-05-22', 0.2],
            ['b', '2014-04-22', 9],
          ],
        },
      },
      rows: [
        {
          customer: 'a',
          recency_days: 1,
          frequency: 2,
          monetary: 0.3,
          recency_points: 2,
          frequency_points: 2,
          monetary_points: 1,
          rfm_points: 5,
        },
        {
          customer: 'b',
          recency_days: 31,
          frequency: 1,
          monetary: 9,
          recency_points: 1,
          frequency_points: 1,
          monetary_points: 2,
          rfm_points: 4,
        },
      ],
    },
  ],
  check,
  sql: compile,
})

function check({ config, columns }: CheckFacts<Config>): readonly Problem[] {
  const typed = (name: string) => columns.find((column) => column.name === name)
  const at = typed(config.at)
  const amount = typed(config.amount)
  return [
    ...(at && !isTemporal(at.type)
      ? [
          {
            path: ['at'],
            code: 'not_a_time',
            message: `"${at.name}" is ${at.type}, not a date or a timestamp`,
            hint: 'give it the type date with clean/contract',
          },
        ]
      : []),
    ...(amount && !isNumeric(amount.type)
      ? [
          {
            path: ['amount'],
            code: 'not_numeric',
            message: `"${amount.name}" is ${amount.type}, not a number`,
            hint: 'give it a numeric type with clean/contract',
          },
        ]
      : []),
    ...measures.flatMap((measure) => checkMeasure(config, measure)),
  ]
}

function checkMeasure(config: Config, measure: (typeof measures)[number]): readonly Problem[] {
  const { bands, points } = config[measure] ?? {}
  if (config.quintiles) {
    if (bands === undefined && points === undefined) return []
    return [
      {
        path: [measure],
        code: 'bands_and_quintiles',
        message: `${measure} has bands, but its points come from quintiles`,
        hint: 'take one of the two out',
      },
    ]
  }
  if (bands && points) return checkBands({ bands, points }, [measure])
  return [
    {
      path: config[measure] ? [measure] : [],
      code: 'no_points',
      message: `${measure} has no ${bands ? 'points' : 'bands'}`,
      hint: `write ${measure}: { bands: [a, b], points: [x, y, z] }, or quintiles: true`,
    },
  ]
}

function compile(facts: SqlFacts<Config>): SqlStep {
  const { config } = facts
  const customer = sql.id(config.customer)
  const months = config.recency?.unit === 'months'
  const names = ['recency_days', ...(months ? ['recency_months'] : []), 'frequency', 'monetary']
  const pointNames = measures.map((measure) => sql.id(`${measure}_points`))
  const points = config.quintiles
    ? fifths(customer)
    : measures.map((measure) => bandPoints(sql.id(measuredAs(measure, months)), cutsOf(config, measure)))
  const select = sql`
    select
      *,
      ${sql.join(pointNames, ' + ')} as rfm_points
    from (
      select
        ${sql.lines([customer, ...names.map((name) => sql.id(name)), ...points.map((value, index) => sql`${value} as ${pointNames[index]!}`), sql`_rows`])}
      from (
        ${figures(facts, months)}
      )
    )
  `
  const notes = {
    [config.customer]: { meaning: 'customer' },
    monetary: { meaning: 'monetary' },
    recency_points: { meaning: 'rfm.recency_points' },
    frequency_points: { meaning: 'rfm.frequency_points' },
    monetary_points: { meaning: 'rfm.monetary_points' },
  } as const
  return { select, notes }
}

/** Figures of each customer. A line that is dated later or has no customer keeps nothing but its place in `_rows`. */
function figures({ config, columns, input, asOfSql }: SqlFacts<Config>, months: boolean): Sql {
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
function wholePurchases({ transaction }: Config, lines: Sql, type: string): Sql {
  if (transaction === undefined) return sql`select *, 1 as lines from (${lines})`
  return sql`
    select customer, purchase, max("at") as "at", ${exactSum(sql`amount`, type)} as amount, count(*) as lines
    from (
      ${lines}
    )
    group by customer, purchase
  `
}

function monetary({ monetary, transaction }: Config, type: string, purchases: Sql): Sql {
  switch (monetary?.amount ?? 'sum') {
    case 'sum':
      return exactSum(sql`amount`, type)
    case 'mean':
      return sql`${exactSum(sql`amount`, type)} / nullif(${purchases}, 0)`
    case 'last':
      return sql`arg_max(amount, row("at", ${transaction === undefined ? sql`amount` : sql`purchase`})) filter (where "at" is not null)`
  }
}

/** Customers without figures get no points and take no place in the fifths. */
function fifths(customer: Sql): readonly Sql[] {
  const orders = [sql`recency_days desc`, sql`frequency`, sql`monetary`]
  return orders.map(
    (order) =>
      sql`case when frequency is not null then ntile(5) over (partition by frequency is null order by ${order}, ${customer}) end`,
  )
}

function measuredAs(measure: (typeof measures)[number], months: boolean): string {
  return measure === 'recency' ? `recency_${months ? 'months' : 'days'}` : measure
}

function cutsOf(config: Config, measure: (typeof measures)[number]) {
  const { bands, points } = config[measure]!
  return { bands: bands!, points: points! }
}
