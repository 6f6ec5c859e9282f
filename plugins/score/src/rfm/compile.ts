import { type CountedWarning, type Sql, type SqlFacts, type SqlStep, sql } from '@sillage/sdk'
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
  const counted = figures(facts, months)
  const points = config.quintiles
    ? fifths(config.ties)
    : measures.map((measure) => bandPoints(sql.id(measuredAs(measure, months)), cutsOf(config, measure)))
  const select = sql`
    select
      *,
      ${sql.join(pointNames, ' + ')} as rfm_points
    from (
      select
        ${sql.lines([customer, ...names.map((name) => sql.id(name)), ...points.map((value, index) => sql`${value} as ${pointNames[index]!}`), sql`_rows`, sql`_later`])}
      from (
        ${config.quintiles ? inFifths(counted, customer) : counted}
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
  return { select, notes, warnings: [laterWarning(facts)] }
}

const figureOf = { recency: sql`recency_days`, frequency: sql`frequency`, monetary: sql`monetary` } as const

/** Each customer's fifth by each figure. Those without a purchase, or without the figure, get none and take no place in the fifths. */
function inFifths(counted: Sql, customer: Sql): Sql {
  const tiles = measures.map((measure) => {
    const direction = measure === 'recency' ? sql` desc` : sql.empty
    const tile = sql`ntile(5) over (partition by ${isWithout(measure)} order by ${figureOf[measure]}${direction}, ${customer})`
    return sql`case when not ${isWithout(measure)} then ${tile} end as ${tileOf(measure)}`
  })
  return sql`
    select
      *,
      ${sql.lines(tiles)}
    from (
      ${counted}
    )
  `
}

function isWithout(measure: Measure): Sql {
  return sql`(recency_days is null or ${figureOf[measure]} is null)`
}

/** The points of a customer, or of all with the same figure: those of the first of them in the order of the figure, whatever their ids are. */
function fifths(ties: RfmOptions['ties']): readonly Sql[] {
  return measures.map((measure) =>
    ties === 'same'
      ? sql`min(${tileOf(measure)}) over (partition by recency_days is null, ${figureOf[measure]})`
      : tileOf(measure),
  )
}

function tileOf(measure: Measure): Sql {
  return sql.id(`_${measure}_fifth`)
}

function laterWarning({ asOf }: SqlFacts<RfmOptions>): CountedWarning {
  return {
    code: 'after_as_of',
    message: `lines are dated after as_of (${asOf}) and make no figures`,
    hint: 'as_of: today follows the day of the run; --as-of sets another day',
    count: sql`sum(_later)`,
  }
}

function measuredAs(measure: Measure, months: boolean): string {
  return measure === 'recency' ? `recency_${months ? 'months' : 'days'}` : measure
}

function cutsOf(config: RfmOptions, measure: Measure) {
  const { bands, points } = config[measure]!
  return { bands: bands!, points: points! }
}
