import { shapeAt, shapeSlope, shapesOnBound } from './bounded.ts'
import { digamma } from './digamma.ts'
import type { Fitted } from './fitted.ts'
import { logGamma } from './log-gamma.ts'
import { type Evaluation, minimise } from './minimise.ts'

/**
 * The Gamma-Gamma model of spend (Fader & Hardie 2013, "The Gamma-Gamma model of monetary value"): the value of a transaction is
 * Gamma(p, ν) for each customer, and ν ~ Gamma(q, v) over customers. v is in units of money; it is γ in the note.
 */
export interface GammaGamma {
  readonly p: number
  readonly q: number
  readonly v: number
}

/** Customers with transactions: how many, and their mean value. */
export interface Spending {
  /** Transactions that the mean is of, > 0: the repeat purchases, where the field's convention is kept. */
  readonly frequency: ArrayLike<number>
  /** Mean value of those transactions, > 0. */
  readonly monetary: ArrayLike<number>
}

/** The log-likelihood of a model (equation 1a of the note), summed over the customers. */
export function gammaGammaLogLikelihood(model: GammaGamma, spending: Spending): number {
  return likelihoodOf(spending)(model).value
}

/**
 * The model of the largest likelihood. Throws a RangeError where a value is not positive, or where there are fewer than two
 * customers: the spread between them could not be told.
 */
export function fitGammaGamma(spending: Spending): Fitted<GammaGamma> {
  const customers = spending.frequency.length
  if (customers < 2) throw new RangeError('at least two customers with a repeat purchase are needed')
  const likelihood = likelihoodOf(spending)
  const mean = Array.from(spending.monetary).reduce((sum, value) => sum + value, 0) / customers
  const found = minimise({
    start: [Math.log(2), Math.log(3), Math.log(mean)],
    evaluate: (point) => {
      const model = modelAt(point)
      const { value, gradient } = likelihood(model)
      const scales = [shapeSlope(model.p), shapeSlope(model.q), model.v]
      return {
        value: -value / customers,
        gradient: gradient.map((slope, index) => (-slope * scales[index]!) / customers),
      }
    },
  })
  const parameters = modelAt(found.point)
  return {
    parameters,
    logLikelihood: -found.value * customers,
    customers,
    converged: found.converged,
    iterations: found.iterations,
    onBound: shapesOnBound(parameters, ['p', 'q']),
  }
}

/**
 * The expected mean value of a customer's transactions (equation 5): their own mean, drawn towards that of all. `frequency` 0 gives
 * the mean of all, p v / (q−1), whatever `monetary` is. NaN where q ≤ 1 leaves that mean without a value.
 */
export function gammaGammaExpected({ p, q, v }: GammaGamma, frequency: number, monetary: number): number {
  const total = frequency === 0 ? 0 : frequency * monetary
  const weight = p * frequency + q - 1
  return weight > 0 ? (p * (v + total)) / weight : Number.NaN
}

function modelAt([p, q, v]: Float64Array): GammaGamma {
  return { p: shapeAt(p!), q: shapeAt(q!), v: Math.exp(v!) }
}

/** What does not depend on the model is summed once; Γ and its slope are asked once for each distinct frequency. */
function likelihoodOf(spending: Spending): (model: GammaGamma) => Evaluation {
  const { frequency, totals, byFrequency, logs, weightedLogs } = summed(spending)
  const customers = totals.length
  return ({ p, q, v }) => {
    let value = customers * (q * Math.log(v) - logGamma(q)) + p * weightedLogs - logs
    const slopes = Float64Array.of(weightedLogs, customers * (Math.log(v) - digamma(q)), (customers * q) / v)
    for (const [x, count] of byFrequency) {
      const both = digamma(p * x + q)
      value += count * (logGamma(p * x + q) - logGamma(p * x))
      slopes[0]! += count * x * (both - digamma(p * x))
      slopes[1]! += count * both
    }
    for (let row = 0; row < customers; row += 1) {
      const shape = p * frequency[row]! + q
      const spread = Math.log(v + totals[row]!)
      value -= shape * spread
      slopes[0]! -= frequency[row]! * spread
      slopes[1]! -= spread
      slopes[2]! -= shape / (v + totals[row]!)
    }
    return { value, gradient: slopes }
  }
}

function summed({ frequency, monetary }: Spending) {
  const totals = new Float64Array(frequency.length)
  const byFrequency = new Map<number, number>()
  let logs = 0
  let weightedLogs = 0
  for (let row = 0; row < totals.length; row += 1) {
    const [x, mean] = [frequency[row]!, monetary[row]!]
    if (!(x > 0 && mean > 0 && Number.isFinite(mean))) {
      throw new RangeError(`row ${row}: frequency and monetary must be positive`)
    }
    totals[row] = x * mean
    byFrequency.set(x, (byFrequency.get(x) ?? 0) + 1)
    logs += Math.log(mean)
    weightedLogs += x * Math.log(x * mean)
  }
  return { frequency, totals, byFrequency, logs, weightedLogs }
}
