import type { Customer } from './bg-nbd-forecast.ts'
import { shapeAt, shapesOnBound } from './bounded.ts'
import type { Fitted } from './fitted.ts'
import { withGradient } from './gradient.ts'
import { logHypergeometricOfOne } from './hypergeometric.ts'
import { logAdd, logSubtract } from './log-sum.ts'
import { minimise } from './minimise.ts'
import { customersIn, meanAgeIn, type PurchaseHistory, repeatPurchasesIn } from './purchase-history.ts'
import { logRising } from './rising.ts'

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
  return likelihoodOf(history)(model)
}

/** The model of the largest likelihood. Throws a RangeError where no customer bought again. */
export function fitParetoNbd(history: PurchaseHistory): Fitted<ParetoNbd> {
  const customers = customersIn(history)
  const repeats = repeatPurchasesIn(history)
  if (repeats === 0) throw new RangeError('no customer bought again')
  const likelihood = likelihoodOf(history)
  const meanAge = meanAgeIn(history)
  const found = minimise({
    start: [0, Math.log((meanAge * customers) / repeats), 0, Math.log(meanAge)],
    evaluate: withGradient((point) => -likelihood(modelAt(point)) / customers),
  })
  const { converged, iterations } = found
  const parameters = modelAt(found.point)
  return {
    parameters,
    logLikelihood: -found.value * customers,
    customers,
    converged,
    iterations,
    onBound: shapesOnBound(parameters, ['r', 's']),
  }
}

/** The probability, in [0, 1], that a customer has not left (Schmittlein, Morrison & Colombo 1987, equations 11 to 13). */
export function paretoNbdAlive(model: ParetoNbd, { frequency, recency, age }: Customer): number {
  const [atRecency, atAge] = [partsAt(model, frequency, recency), partsAt(model, frequency, age)]
  return 1 / (1 + Math.exp(logLeft(model, frequency, atRecency, atAge) - atAge.staying))
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

function modelAt([r, alpha, s, beta]: Float64Array): ParetoNbd {
  return { r: shapeAt(r!), alpha: Math.exp(alpha!), s: shapeAt(s!), beta: Math.exp(beta!) }
}

/** Many customers share their frequency and a time: what depends on these two only is made once for each pair. */
function likelihoodOf(history: PurchaseHistory): (model: ParetoNbd) => number {
  const { frequency, recency, age, customers } = history
  const pairs = new Map<number, Map<number, number>>()
  const [xs, times]: [number[], number[]] = [[], []]
  const pairOf = (x: number, time: number): number => {
    const ofX = pairs.get(x) ?? new Map<number, number>()
    pairs.set(x, ofX)
    if (!ofX.has(time)) {
      ofX.set(time, xs.length)
      xs.push(x)
      times.push(time)
    }
    return ofX.get(time)!
  }
  const atRecency = frequency.map((x, row) => pairOf(x, recency[row]!))
  const atAge = frequency.map((x, row) => pairOf(x, age[row]!))
  return (model) => {
    const parts = xs.map((x, pair) => partsAt(model, x, times[pair]!))
    const rising = new Map([...pairs.keys()].map((x) => [x, logRising(model.r, x).value]))
    return frequency.reduce((sum, x, row) => {
      const [first, last] = [parts[atRecency[row]!]!, parts[atAge[row]!]!]
      return sum + customers[row]! * (rising.get(x)! + logAdd(last.staying, logLeft(model, x, first, last)))
    }, 0)
  }
}

interface Parts {
  readonly staying: number
  readonly leaving: number
}

/**
 * The likelihood, without Γ(r+x)/Γ(r), is e^staying(T), alive, plus s/(r+s+x) (e^leaving(t_x) − e^leaving(T)), left in between. Euler's
 * transformation makes the ₂F₁ of the latter a ₂F₁(1, b; r+s+x+1; z) times e^staying; log1p keeps this exact where r and α, or s
 * and β, are large.
 */
function partsAt({ r, alpha, s, beta }: ParetoNbd, x: number, time: number): Parts {
  const staying = -r * Math.log1p(time / alpha) - x * Math.log(alpha + time) - s * Math.log1p(time / beta)
  const z = Math.abs(alpha - beta) / (Math.max(alpha, beta) + time)
  const b = alpha >= beta ? r + x : s + 1
  const scale = alpha >= beta ? 0 : Math.log((alpha + time) / (beta + time))
  return { staying, leaving: staying + scale + logHypergeometricOfOne({ b, c: r + s + x + 1, z }) }
}

function logLeft({ r, s }: ParetoNbd, x: number, atRecency: Parts, atAge: Parts): number {
  return Math.log(s / (r + s + x)) + logSubtract(atRecency.leaving, atAge.leaving)
}
