import { dataUnfit } from '@sillage/sdk'
import {
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

/**
 * The Gamma-Gamma model, or its limit: where the means of the customers differ less than chance would have it, the likelihood has no maximum but
 * rises towards "all are the same". Throws `data_unfit` where the search did not come to rest on data that do differ.
 */
export function fitSpending(spending: Spending): FittedSpending {
  const shared = fitSharedSpending(spending)
  const mixed = fitGammaGamma(spending)
  const { customers, iterations, converged, parameters, logLikelihood } = mixed
  const gain = logLikelihood - shared.logLikelihood
  const hasSpread = converged && !mixed.onBound.includes('q') && (!shared.isEnough || gain > nothing)
  if (!hasSpread && gain <= byChance)
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

/** What a customer is expected to spend a time; NaN where customers differ so much that they have no common mean. */
export function expectedSpending(spending: SpendingModel, frequency: number, monetary: number): number {
  return spending.name === 'shared' ? spending.mean : gammaGammaExpected(spending, frequency, monetary)
}
