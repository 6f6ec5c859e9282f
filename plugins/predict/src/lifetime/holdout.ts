import type { NumericColumns } from '@sillage/sdk'
import { buyerOf } from './buying.ts'
import type { LifetimeConfig } from './config.ts'
import { fitBuying } from './fit-buying.ts'
import { daysPerUnit } from './histories.ts'

/** Columns of the units that tell what was known before the held-out days, and what came in them. */
export const earlyColumns = ['_early_frequency', '_early_recency', '_early_age', '_held_out'] as const

/** Repeat purchases from which customers stand in one group. */
const last = 7
const dayMs = 86_400_000

/** What a model that knows nothing of the last days expects of them, and what came. */
export interface Holdout {
  readonly days: number
  /** ISO date of the last day that the model knows. */
  readonly known_to: string
  readonly customers: number
  readonly parameters: Readonly<Record<string, number>>
  /** Days with a purchase within the held-out days. */
  readonly purchases: number
  readonly purchases_expected: number
  /** Of the days with a purchase of a customer; of the model, and of one mean for all: the rate of repeat purchases before, of all customers. */
  readonly mean_squared_error: number
  readonly mean_squared_error_of_mean: number
  /** True where the model is nearer by more than chance (Diebold & Mariano 1995, one-sided, 5 %). */
  readonly beats_mean: boolean
  /** By repeat purchases before; sums over the customers of the group, of which there is at least one. */
  readonly groups: readonly {
    readonly repeat_purchases: number
    readonly or_more: boolean
    readonly customers: number
    readonly purchases: number
    readonly purchases_expected: number
  }[]
}

/**
 * Fits on what came before the held-out days and compares conditional expectations with what came, by number of repeat purchases before, as
 * Fader, Hardie & Lee (2005, "Counting your customers the easy way") judge their model. Throws `data_unfit` where too little came before.
 */
export function tryOut(
  data: NumericColumns,
  {
    config,
    holdoutDays,
    asOf,
  }: { readonly config: LifetimeConfig; readonly holdoutDays: number; readonly asOf: string },
): Holdout {
  const [frequency, recency, age, later] = knownEarly(data)
  const { buying } = fitBuying(
    { frequency, recency, age },
    { config, until: 'before the held-out days', hint: 'try fewer holdout_days, or leave them out' },
  )
  const buyer = buyerOf(buying)
  const time = holdoutDays / daysPerUnit[config.time_unit ?? 'week']
  const groups = Array.from({ length: last + 1 }, (_, repeats) => ({
    repeat_purchases: repeats,
    or_more: repeats === last,
    customers: 0,
    purchases: 0,
    purchases_expected: 0,
  }))
  const foreseen = frequency.map((count, row) =>
    buyer.expected({ frequency: count, recency: recency[row]!, age: age[row]! }, time),
  )
  for (const [row, count] of frequency.entries()) {
    const group = groups[Math.min(last, count)]!
    group.customers += 1
    group.purchases += later[row]!
    group.purchases_expected += foreseen[row]!
  }
  const mean = (sum(frequency) / sum(age)) * time
  return {
    days: holdoutDays,
    known_to: new Date(Date.parse(`${asOf.slice(0, 10)}T00:00:00Z`) - holdoutDays * dayMs)
      .toISOString()
      .slice(0, 10),
    customers: frequency.length,
    parameters: { ...buying.parameters },
    purchases: groups.reduce((sum, group) => sum + group.purchases, 0),
    purchases_expected: groups.reduce((sum, group) => sum + group.purchases_expected, 0),
    ...comparedWithMean({ came: later, foreseen, mean }),
    groups: groups.filter((group) => group.customers > 0),
  }
}

/** The normal quantile of 95 %. */
const sure = 1.645

function comparedWithMean({
  came,
  foreseen,
  mean,
}: {
  readonly came: Float64Array
  readonly foreseen: Float64Array
  readonly mean: number
}): Pick<Holdout, 'mean_squared_error' | 'mean_squared_error_of_mean' | 'beats_mean'> {
  const [ofModel, ofMean] = [
    came.map((count, row) => (count - foreseen[row]!) ** 2),
    came.map((count) => (count - mean) ** 2),
  ]
  const gains = ofMean.map((error, row) => error - ofModel[row]!)
  const gain = sum(gains) / gains.length
  const spread = Math.sqrt(sum(gains.map((one) => (one - gain) ** 2)) / Math.max(1, gains.length - 1))
  return {
    mean_squared_error: sum(ofModel) / came.length,
    mean_squared_error_of_mean: sum(ofMean) / came.length,
    beats_mean: gain > 0 && gain >= (sure * spread) / Math.sqrt(gains.length),
  }
}

function sum(values: Float64Array): number {
  return values.reduce((total, value) => total + value, 0)
}

/** The early columns of who had bought already, in a total order, so that equal customers stand together. */
function knownEarly(data: NumericColumns): [Float64Array, Float64Array, Float64Array, Float64Array] {
  const columns = earlyColumns.map((name) => data[name]!)
  const known = columns[0]!.map((count, row) => (Number.isNaN(count) ? -1 : row)).filter((row) => row >= 0)
  known.sort((a, b) => {
    for (const column of columns) if (column[a] !== column[b]) return column[a]! - column[b]!
    return 0
  })
  return columns.map((column) => Float64Array.from(known, (row) => column[row]!)) as ReturnType<
    typeof knownEarly
  >
}
