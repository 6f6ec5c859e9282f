import type { Customer } from './bg-nbd-forecast.ts'
import type { Fitted } from './fitted.ts'
import { withGradient } from './gradient.ts'
import { logHypergeometric } from './hypergeometric.ts'
import { logGamma } from './log-gamma.ts'
import { logAdd, logSubtract } from './log-sum.ts'
import { minimise } from './minimise.ts'
import { customersIn, type PurchaseHistory, repeatPurchasesIn } from './purchase-history.ts'

/**
 * The Pareto/NBD model (Schmittlein, Morrison & Colombo 1987, "Counting your customers"). While alive a customer buys at a rate
 * λ ~ Gamma(r, α) and may leave at any moment, at a rate μ ~ Gamma(s, β). α and β are in units of time.
 */
export interface ParetoNbd {
  readonly r: number
  readonly alpha: number
  readonly s: number
  readonly beta: number
}

/** The log-likelihood of a model (Fader & Hardie 2005, "A note on deriving the Pareto/NBD model", equation 18), summed. */
export function paretoNbdLogLikelihood(model: ParetoNbd, history: PurchaseHistory): number {
  const { r, alpha, s, beta } = model
  const fixed = r * Math.log(alpha) + s * Math.log(beta) - logGamma(r)
  let sum = 0
  for (let row = 0; row < history.frequency.length; row += 1) {
    const customer = {
      frequency: history.frequency[row]!,
      recency: history.recency[row]!,
      age: history.age[row]!,
    }
    const { alive, left } = logParts(model, customer)
    sum += history.customers[row]! * (fixed + logGamma(r + customer.frequency) + logAdd(alive, left))
  }
  return sum
}

/** The model of the largest likelihood. Throws a RangeError where no customer bought again. */
export function fitParetoNbd(history: PurchaseHistory): Fitted<ParetoNbd> {
  const customers = customersIn(history)
  const repeats = repeatPurchasesIn(history)
  if (repeats === 0) throw new RangeError('no customer bought again')
  const meanAge = history.age.reduce((sum, age, row) => sum + age * history.customers[row]!, 0) / customers
  const found = minimise({
    start: [0, Math.log((meanAge * customers) / repeats), 0, Math.log(meanAge)],
    evaluate: withGradient((point) => -paretoNbdLogLikelihood(modelAt(point), history) / customers),
  })
  return {
    parameters: modelAt(found.point),
    logLikelihood: -found.value * customers,
    customers,
    converged: found.converged,
    iterations: found.iterations,
  }
}

/** The probability, in [0, 1], that a customer has not left (Schmittlein, Morrison & Colombo 1987, equations 11 to 13). */
export function paretoNbdAlive(model: ParetoNbd, customer: Customer): number {
  const { alive, left } = logParts(model, customer)
  return 1 / (1 + Math.exp(left - alive))
}

/** Purchases expected within `time` after the end of observation (equation 22); the limit at s = 1 is taken where it is. */
export function paretoNbdExpected(model: ParetoNbd, customer: Customer, time: number): number {
  if (!(time >= 0)) return Number.NaN
  const { r, alpha, s, beta } = model
  const { frequency, age } = customer
  const grown = Math.log1p(time / (beta + age))
  const lifetime = s === 1 ? grown : -Math.expm1(-(s - 1) * grown) / (s - 1)
  return (((r + frequency) * (beta + age)) / (alpha + age)) * lifetime * paretoNbdAlive(model, customer)
}

function modelAt(point: Float64Array): ParetoNbd {
  const [r, alpha, s, beta] = Array.from(point, Math.exp)
  return { r: r!, alpha: alpha!, s: s!, beta: beta! }
}

/**
 * Logarithms of the two parts of the likelihood, without their common factor Γ(r+x) α^r β^s / Γ(r): alive at T, or left between
 * t_x and T. The second is s/(r+s+x) times a difference of two ₂F₁, whose larger scale is taken out of α and β.
 */
function logParts(
  { r, alpha, s, beta }: ParetoNbd,
  { frequency: x, recency, age }: Customer,
): { readonly alive: number; readonly left: number } {
  const alive = -(r + x) * Math.log(alpha + age) - s * Math.log(beta + age)
  if (recency === age) return { alive, left: Number.NEGATIVE_INFINITY }
  const all = r + s + x
  const larger = Math.max(alpha, beta)
  const b = alpha >= beta ? s + 1 : r + x
  const part = (time: number): number =>
    logHypergeometric({ a: all, b, c: all + 1, z: Math.abs(alpha - beta) / (larger + time) }) -
    all * Math.log(larger + time)
  return { alive, left: Math.log(s / all) + logSubtract(part(recency), part(age)) }
}
