import { digamma } from './digamma.ts'
import { logGamma } from './log-gamma.ts'

const fewSteps = 1000

/** A value and its derivative. */
export interface WithSlope {
  readonly value: number
  readonly slope: number
}

/**
 * log (a)ₙ = log Γ(a+n) − log Γ(a), with its slope in a, for a > 0 and an integer n ≥ 0. Summed, so that nothing cancels where a
 * is large: two logarithms of Γ near a = 10⁷ differ from the truth by more than a likelihood may.
 */
export function logRising(a: number, n: number): WithSlope {
  if (n > fewSteps) return { value: logGamma(a + n) - logGamma(a), slope: digamma(a + n) - digamma(a) }
  let value = 0
  let slope = 0
  for (let step = 0; step < n; step += 1) {
    value += Math.log(a + step)
    slope += 1 / (a + step)
  }
  return { value, slope }
}
