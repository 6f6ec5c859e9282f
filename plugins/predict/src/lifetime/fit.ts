import type { ModelJson, NumericColumns } from '@sillage/sdk'
import { correlation } from '@sillage/stats'
import { attempt } from './attempt.ts'
import { type Buying, buyerOf } from './buying.ts'
import type { LifetimeConfig } from './config.ts'
import { lifetimeFindings } from './findings.ts'
import { fitBuying, requireEnough } from './fit-buying.ts'
import { daysPerUnit } from './histories.ts'
import { type Holdout, tryOut } from './holdout.ts'
import { type FittedSpending, fitSpending, type SpendingModel } from './spending.ts'

const fewestSpending = 3

/** What is kept of a fit: plain JSON, with the words of the marts. */
export interface LifetimeModel extends ModelJson {
  readonly buying: Buying
  /** Null where the amounts do not carry one. */
  readonly spending: SpendingModel | null
  readonly holdout?: Holdout
}

/** Fits buying and spending, and says what the fits are worth. Throws `data_unfit` where the purchases do not carry a model of buying. */
export function fitLifetime(data: NumericColumns, config: LifetimeConfig, asOf: string): LifetimeModel {
  const { frequency, recency, age, monetary } = data as Record<
    'frequency' | 'recency' | 'age' | 'monetary',
    Float64Array
  >
  const { buying, fitted } = fitBuying({ frequency, recency, age }, { config, until: 'up to the as-of date' })
  const spenders = [...frequency.keys()].filter((row) => frequency[row]! > 0 && monetary[row]! > 0)
  const spending = {
    frequency: Float64Array.from(spenders, (row) => frequency[row]!),
    monetary: Float64Array.from(spenders, (row) => monetary[row]!),
  }
  const value = attempt(() => {
    requireEnough({
      rows: spending.monetary,
      fewest: fewestSpending,
      what: 'customers who bought again for an amount above 0',
    })
    const of = (name: string): Float64Array =>
      Float64Array.from(spenders, (row) => data[name]?.[row] ?? Number.NaN)
    return fitSpending(spending, [of('_half'), of('_other_half')])
  })
  const spent: FittedSpending | undefined = 'fit' in value ? value.fit : undefined
  const days = config.holdout_days
  const tried =
    days === undefined ? undefined : attempt(() => tryOut(data, { config, holdoutDays: days, asOf }))
  const newcomer = buyerOf(buying)
  return {
    buying,
    spending: spent?.spending ?? null,
    log_likelihood: fitted.logLikelihood,
    spending_log_likelihood: spent?.logLikelihood ?? null,
    customers: fitted.customers,
    repeating_customers: frequency.filter((count) => count > 0).length,
    spending_customers: spending.monetary.length,
    window: { from: firstDay(age, config, asOf), to: asOf },
    time_unit: config.time_unit ?? 'week',
    ...(tried && 'fit' in tried ? { holdout: tried.fit } : {}),
    convergence: { iterations: fitted.iterations, spending_iterations: spent?.iterations ?? null },
    findings: lifetimeFindings({ config, buyingOnBound: fitted.onBound, spending: value, tried }),
    metrics: {
      frequency_monetary_correlation: rounded(correlation(spending.frequency, spending.monetary)),
      repeat_purchases: frequency.reduce((sum, count) => sum + count, 0),
      repeat_purchases_expected: age.reduce(
        (sum, time) => sum + newcomer.expected({ frequency: 0, recency: 0, age: 0 }, time),
        0,
      ),
    },
  }
}

function firstDay(age: Float64Array, config: LifetimeConfig, asOf: string): string {
  const days = Math.round(
    age.reduce((most, time) => Math.max(most, time), 0) * daysPerUnit[config.time_unit ?? 'week'],
  )
  return new Date(Date.parse(`${asOf.slice(0, 10)}T00:00:00Z`) - days * 86_400_000).toISOString().slice(0, 10)
}

/** Null where there is no correlation: JSON has no NaN. */
function rounded(value: number): number | null {
  return Number.isFinite(value) ? Number(value.toFixed(6)) : null
}
