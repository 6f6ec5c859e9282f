import { shapeAt, shapeSlope, shapesOnBound } from './bounded.ts'
import type { Fitted } from './fitted.ts'
import { logAdd } from './log-sum.ts'
import { type Evaluation, minimise } from './minimise.ts'
import { customersIn, meanAgeIn, type PurchaseHistory, repeatPurchasesIn } from './purchase-history.ts'
import { logRising } from './rising.ts'

/**
 * The BG/NBD model of repeat buying without a contract (Fader, Hardie & Lee 2005, "Counting your customers the easy way"). While
 * alive a customer buys at a rate λ, λ ~ Gamma(r, α); after each purchase they leave with probability p, p ~ Beta(a, b). α is in
 * units of time; the others have none.
 */
export interface BgNbd {
  readonly r: number
  readonly alpha: number
  readonly a: number
  readonly b: number
}

/** The log-likelihood of a model (equation 6), summed over the customers of the history. */
export function bgNbdLogLikelihood(model: BgNbd, history: PurchaseHistory): number {
  return evaluate(model, history).value
}

/**
 * The model of the largest likelihood. Throws a RangeError where no customer bought again or nobody could: nothing then tells
 * the rate of buying from the rate of leaving.
 */
export function fitBgNbd(history: PurchaseHistory): Fitted<BgNbd> {
  const customers = customersIn(history)
  const repeats = repeatPurchasesIn(history)
  if (repeats === 0) throw new RangeError('no customer bought again')
  const found = minimise({
    start: [0, Math.log((meanAgeIn(history) * customers) / repeats), 0, 0],
    evaluate: (point) => {
      const model = modelAt(point)
      const { value, gradient } = evaluate(model, history)
      const scales = [shapeSlope(model.r), model.alpha, shapeSlope(model.a), shapeSlope(model.b)]
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
    onBound: shapesOnBound(parameters, ['r', 'a', 'b']),
  }
}

function modelAt([r, alpha, a, b]: Float64Array): BgNbd {
  return { r: shapeAt(r!), alpha: Math.exp(alpha!), a: shapeAt(a!), b: shapeAt(b!) }
}

/**
 * Value and gradient in (r, α, a, b). The likelihood of (x, t_x, T) is A1 A2 (A3 + A4), where A3 = (α+T)^−(r+x) is of those who
 * are alive and A4 = a/(b+x−1) (α+t_x)^−(r+x), for x > 0, of those who left at their last purchase.
 */
function evaluate(
  { r, alpha, a, b }: BgNbd,
  { frequency, recency, age, customers }: PurchaseHistory,
): Evaluation {
  const terms = termsByFrequency({ r, alpha, a, b })
  const gradient = new Float64Array(4)
  let value = 0
  for (let row = 0; row < frequency.length; row += 1) {
    const x = frequency[row]!
    const count = customers[row]!
    const { constant, byR, byA, byB } = terms(x)
    const aliveLog = Math.log(alpha + age[row]!)
    const leftLog = x > 0 ? Math.log(alpha + recency[row]!) : 0
    const alive = -r * Math.log1p(age[row]! / alpha) - x * aliveLog
    const left =
      x > 0
        ? Math.log(a / (b + x - 1)) - r * Math.log1p(recency[row]! / alpha) - x * leftLog
        : Number.NEGATIVE_INFINITY
    const both = logAdd(alive, left)
    const shareLeft = Math.exp(left - both)
    const shareAlive = 1 - shareLeft
    value += count * (constant + both)
    gradient[0]! += count * (byR - shareAlive * aliveLog - shareLeft * leftLog)
    gradient[1]! +=
      count * (r / alpha - (r + x) * (shareAlive / (alpha + age[row]!) + shareLeft / (alpha + recency[row]!)))
    gradient[2]! += count * (byA + shareLeft / a)
    gradient[3]! += count * (byB - (x > 0 ? shareLeft / (b + x - 1) : 0))
  }
  return { value, gradient }
}

interface Terms {
  readonly constant: number
  readonly byR: number
  readonly byA: number
  readonly byB: number
}

/** What depends on x only is made once for each x. α^r of A1 is left out of the constant: it goes with A3 and A4. */
function termsByFrequency({ r, alpha, a, b }: BgNbd): (x: number) => Terms {
  const known = new Map<number, Terms>()
  return (x) => {
    let terms = known.get(x)
    if (terms === undefined) {
      const [buying, staying, leaving] = [logRising(r, x), logRising(b, x), logRising(a + b, x)]
      terms = {
        constant: buying.value + staying.value - leaving.value,
        byR: buying.slope + Math.log(alpha),
        byA: -leaving.slope,
        byB: staying.slope - leaving.slope,
      }
      known.set(x, terms)
    }
    return terms
  }
}
