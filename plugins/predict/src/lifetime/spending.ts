import { dataUnfit } from '@sillage/sdk'
import {
  correlation,
  fitGammaGamma,
  fitSharedSpending,
  type GammaGamma,
  gammaGammaExpected,
  type Spending,
} from '@sillage/stats'

/** What customers spend a time: each around a mean of their own, or, where they do not differ by more than chance, all around the same. */
export type SpendingModel =
  | ({ readonly name: 'gamma-gamma' } & GammaGamma)
  | { readonly name: 'shared'; readonly p: number; readonly mean: number }

export interface FittedSpending {
  readonly spending: SpendingModel
  readonly logLikelihood: number
  readonly customers: number
  readonly iterations: number
  readonly onBound: readonly string[]
}

/** Larger by no more than this, a likelihood does not tell the mixture from customers who are all the same (½ of χ² at 5 %, on a bound). */
const byChance = 1.353
/** As above, of a search that came to rest inside its bounds: rounding. */
const nothing = 1e-3

/** Means of two halves of the repeat days of each customer; NaN where one has no day with an amount. */
export type Halves = readonly [Float64Array, Float64Array]

/**
 * The Gamma-Gamma model, or its limit: where the means of the customers differ less than chance would have it, the likelihood has no maximum but
 * rises towards "all are the same". Throws `data_unfit` where the search did not come to rest on data that do differ, and where it came to rest in that
 * limit although customers differ: the model knows their means only, and takes a spread that is not its own for chance.
 */
export function fitSpending(spending: Spending, halves: Halves): FittedSpending {
  const shared = fitSharedSpending(spending)
  const mixed = fitGammaGamma(spending)
  const { customers, iterations, converged, parameters, logLikelihood } = mixed
  const gain = logLikelihood - shared.logLikelihood
  const hasSpread = converged && !mixed.onBound.includes('q') && (!shared.isEnough || gain > nothing)
  const isShared = !hasSpread && gain <= byChance
  if (isShared && goTogether(halves))
    throw dataUnfit({
      message: 'customers differ in what they spend, and gamma-gamma finds no difference between them',
      hint: 'take monetary as it is, or score customers of one kind apart',
    })
  if (isShared)
    return {
      spending: { name: 'shared', ...shared.parameters },
      logLikelihood: shared.logLikelihood,
      customers,
      iterations,
      onBound: [],
    }
  if (!converged && mixed.onBound.length === 0)
    throw dataUnfit({
      message: `the likelihood of gamma-gamma did not settle in ${iterations} steps on ${customers} customers`,
      hint: 'try a longer history, or leave out amounts that are not sales',
    })
  return {
    spending: { name: 'gamma-gamma', ...parameters },
    logLikelihood,
    customers,
    iterations,
    onBound: mixed.onBound,
  }
}

const fewestPairs = 5
/** One-sided, about 1 % for some tens of customers. */
const sure = 2.5

/** Logarithms nearer than this are the same amount. */
const rounding = 1e-9

/** Whether who spends more on one half of their days spends more on the other. */
function goTogether([first, second]: Halves): boolean {
  const rows = [...first.keys()].filter((row) => first[row]! > 0 && second[row]! > 0)
  if (rows.length < fewestPairs) return false
  const logs = (half: Float64Array): number[] => rows.map((row) => Math.log(half[row]!))
  const pair = [logs(first), logs(second)] as const
  if (pair.some((half) => rangeOf(half) < rounding)) return false
  const r = correlation(...pair)
  return r > 0 && r * Math.sqrt((rows.length - 2) / Math.max(1 - r * r, 1e-12)) >= sure
}

/** What a customer is expected to spend a time; NaN where customers differ so much that they have no common mean. */
export function expectedSpending(spending: SpendingModel, frequency: number, monetary: number): number {
  return spending.name === 'shared' ? spending.mean : gammaGammaExpected(spending, frequency, monetary)
}

function rangeOf(values: readonly number[]): number {
  const [least, most] = values.reduce(
    ([low, high], value) => [Math.min(low, value), Math.max(high, value)],
    [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
  )
  return most - least
}
