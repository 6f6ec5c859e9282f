import type { BgNbd } from './bg-nbd.ts'
import { signedLogHypergeometric } from './hypergeometric.ts'

/** One customer, in the units of time of the model. */
export interface Customer {
  readonly frequency: number
  readonly recency: number
  readonly age: number
}

/** The probability, in [0, 1], that a customer has not left (Fader, Hardie & Lee 2005; 1 without a repeat purchase). */
export function bgNbdAlive({ r, alpha, a, b }: BgNbd, { frequency: x, recency, age }: Customer): number {
  if (x === 0) return 1
  const logOddsLeft = Math.log(a / (b + x - 1)) + (r + x) * Math.log((alpha + age) / (alpha + recency))
  return 1 / (1 + Math.exp(logOddsLeft))
}

/** Where a is this near to 1, equation 10 would lose its digits. */
const tooNear = 1e-6
/** Stands for C = 0, which the equation cannot be asked for. */
const nearlyNothing = 1e-9

/**
 * Purchases that a customer is expected to make within `time` after the end of observation (equation 10). With z = t/(α+T+t),
 * B = a+b−1−r and C = a+b+x−1, Euler's transformation of the equation's ₂F₁ gives
 * C/(a−1) · [1 − (1−z)^(a−1) ₂F₁(a−1, B; C; z)] · P(alive), from which a−1 can be divided out: no hole at a = 1. It is used while B and
 * a−1 are such that its terms neither cancel nor overflow; the equation as printed serves the rest.
 */
export function bgNbdExpected(model: BgNbd, customer: Customer, time: number): number {
  if (!(time > 0)) return time === 0 ? 0 : Number.NaN
  const { r, alpha, a, b } = model
  const { frequency: x, age } = customer
  const z = time / (alpha + age + time)
  const logRest = Math.log1p(-z)
  const reducible = a < 20 && a + b - 1 - r > -2
  const excess = reducible || Math.abs(a - 1) > tooNear ? a - 1 : tooNear
  const c = excess + b + x || nearlyNothing
  if (!reducible) {
    const { log, sign } = signedLogHypergeometric({ a: r + x, b: b + x, c, z })
    const power = (r + x) * logRest + log
    return (
      (c / excess) * (sign === 1 ? -Math.expm1(power) : 1 + Math.exp(power)) * bgNbdAlive(model, customer)
    )
  }
  const powerOverExcess = excess === 0 ? logRest : Math.expm1(excess * logRest) / excess
  const rest = Math.exp(excess * logRest) * reducedSeries({ a: excess, b: excess + b - r, c, z })
  return Math.max(0, c * (-powerOverExcess - rest)) * bgNbdAlive(model, customer)
}

/** (₂F₁(a, b; c; z) − 1) / a: the series with the factor a of every term divided out. */
function reducedSeries({
  a,
  b,
  c,
  z,
}: {
  readonly a: number
  readonly b: number
  readonly c: number
  readonly z: number
}): number {
  let term = (b / c) * z
  let sum = term
  for (let n = 1; Math.abs(term) > 1e-17 * (1 - z) * Math.max(1, Math.abs(sum)) && n < 200_000; n += 1) {
    term *= (((a + n) * (b + n)) / ((c + n) * (n + 1))) * z
    sum += term
  }
  return sum
}
