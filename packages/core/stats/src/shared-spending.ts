import { digamma } from './digamma.ts'
import type { Spending } from './gamma-gamma.ts'
import { logGamma } from './log-gamma.ts'

/**
 * What the Gamma-Gamma model becomes where customers do not differ (q and v grow without bound, their ratio stays): the value of a transaction is
 * Gamma(p, p / mean) for all of them. The expected value of each customer is then the mean of all, weighted by their transactions.
 */
export interface SharedSpending {
  readonly p: number
  readonly mean: number
}

export interface SharedFit {
  readonly parameters: SharedSpending
  readonly logLikelihood: number
  /**
   * True where the means of the customers differ by no more than chance would have it: mixing them a little makes the data less likely (the
   * score of the variance of ν at 0, as Chesher 1984, "Testing for neglected heterogeneity", has it, is not above 0).
   */
  readonly isEnough: boolean
}

const [leastLog, mostLog] = [-12, 24]

/** The likeliest model of customers who all spend alike; its likelihood is comparable with that of `fitGammaGamma`. */
export function fitSharedSpending({ frequency, monetary }: Spending): SharedFit {
  const rows = Array.from(frequency, (x, row) => [x, monetary[row]!] as const)
  const transactions = rows.reduce((sum, [x]) => sum + x, 0)
  const mean = rows.reduce((sum, [x, value]) => sum + x * value, 0) / transactions
  const slope = (p: number): number =>
    rows.reduce(
      (sum, [x, value]) =>
        sum + x * (Math.log(p * x) - digamma(p * x) + 1 + Math.log(value / mean) - value / mean),
      0,
    )
  const p = Math.exp(rootOf((log) => slope(Math.exp(log))))
  const logLikelihood = rows.reduce(
    (sum, [x, value]) =>
      sum +
      p * x * Math.log((p * x) / mean) -
      logGamma(p * x) +
      (p * x - 1) * Math.log(value) -
      (p * x * value) / mean,
    0,
  )
  const score = rows.reduce((sum, [x, value]) => sum + (x * (mean - value)) ** 2 - (x * mean ** 2) / p, 0)
  return { parameters: { p, mean }, logLikelihood, isEnough: score <= 1e-9 * transactions * mean ** 2 }
}

/** Where a falling function crosses 0, by halving; the end of the range where it does not. */
function rootOf(falling: (at: number) => number): number {
  let [low, high] = [leastLog, mostLog]
  for (let step = 0; step < 60; step += 1) {
    const middle = (low + high) / 2
    if (falling(middle) > 0) low = middle
    else high = middle
  }
  return (low + high) / 2
}
