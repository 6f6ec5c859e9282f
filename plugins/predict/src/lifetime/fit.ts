import { dataUnfit, type ModelJson, type NumericColumns } from '@sillage/sdk'
import {
  correlation,
  type Fitted,
  fitBgNbd,
  fitGammaGamma,
  fitParetoNbd,
  type GammaGamma,
  purchaseHistory,
} from '@sillage/stats'
import { type Buying, buyerOf } from './buying.ts'
import type { LifetimeConfig } from './config.ts'
import { daysPerUnit } from './histories.ts'

const fewestCustomers = 10
const fewestRepeating = 3

/** What is kept of a fit: plain JSON, with the words of the marts. */
export interface LifetimeModel extends ModelJson {
  readonly buying: Buying
  readonly spending: GammaGamma
}

/** Fits buying and spending. Throws `data_unfit` naming what is missing. */
export function fitLifetime(data: NumericColumns, config: LifetimeConfig, asOf: string): LifetimeModel {
  const { frequency, recency, age, monetary } = data as Record<
    'frequency' | 'recency' | 'age' | 'monetary',
    Float64Array
  >
  requireEnough({
    rows: frequency,
    fewest: fewestCustomers,
    what: 'customers with a purchase up to the as-of date',
  })
  requireEnough({
    rows: frequency.filter((count) => count > 0),
    fewest: fewestRepeating,
    what: 'customers who bought again on another day',
  })
  const history = purchaseHistory({ frequency, recency, age })
  const name = config.model ?? 'bg-nbd'
  const fitted = name === 'bg-nbd' ? fitBgNbd(history) : fitParetoNbd(history)
  requireSettled(fitted, name)
  const buying: Buying = { name, parameters: { ...fitted.parameters } } as Buying

  const spenders = [...frequency.keys()].filter((row) => frequency[row]! > 0 && monetary[row]! > 0)
  const spending = {
    frequency: Float64Array.from(spenders, (row) => frequency[row]!),
    monetary: Float64Array.from(spenders, (row) => monetary[row]!),
  }
  requireEnough({
    rows: spending.monetary,
    fewest: fewestRepeating,
    what: 'customers who bought again for an amount above 0',
  })
  const value = fitGammaGamma(spending)
  requireSettled(value, 'gamma-gamma')

  const newcomer = buyerOf(buying)
  return {
    buying,
    spending: value.parameters,
    log_likelihood: fitted.logLikelihood,
    spending_log_likelihood: value.logLikelihood,
    customers: fitted.customers,
    repeating_customers: frequency.filter((count) => count > 0).length,
    spending_customers: value.customers,
    window: { from: firstDay(age, config, asOf), to: asOf },
    time_unit: config.time_unit ?? 'week',
    convergence: { iterations: fitted.iterations, spending_iterations: value.iterations },
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

function requireEnough({
  rows,
  fewest,
  what,
}: {
  readonly rows: Float64Array
  readonly fewest: number
  readonly what: string
}): void {
  if (rows.length >= fewest) return
  throw dataUnfit({
    message: `${rows.length} ${what}; at least ${fewest} are needed`,
    hint: 'check that customer, at and amount name the right columns, and that as_of is not before the purchases',
  })
}

function requireSettled({ converged, iterations, customers }: Fitted<unknown>, name: string): void {
  if (converged) return
  throw dataUnfit({
    message: `the likelihood of ${name} did not settle in ${iterations} steps on ${customers} customers`,
    hint:
      name === 'bg-nbd'
        ? 'try model: pareto-nbd, or a longer history'
        : 'try a longer history, or leave out amounts that are not sales',
  })
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
