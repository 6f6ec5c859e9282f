import { type Sql, type SqlFacts, type SqlStep, sql } from '@sillage/sdk'
import { bandPoints } from '../points/bands.ts'
import { figures } from './figures.ts'
import { type Measure, measures, type RfmOptions } from './options.ts'

/** One row a customer: figures, points of each, their sum. */
export function compileRfm(facts: SqlFacts<RfmOptions>): SqlStep {
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

/** Customers without figures get no points and take no place in the fifths. */
function fifths(customer: Sql): readonly Sql[] {
  const orders = [sql`recency_days desc`, sql`frequency`, sql`monetary`]
  return orders.map(
    (order) =>
      sql`case when frequency is not null then ntile(5) over (partition by frequency is null order by ${order}, ${customer}) end`,
  )
}

function measuredAs(measure: Measure, months: boolean): string {
  return measure === 'recency' ? `recency_${months ? 'months' : 'days'}` : measure
}

function cutsOf(config: RfmOptions, measure: Measure) {
  const { bands, points } = config[measure]!
  return { bands: bands!, points: points! }
}
