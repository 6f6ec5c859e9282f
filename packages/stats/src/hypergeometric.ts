const tolerance = 1e-16
const mostTerms = 200_000
const tooLarge = 1e200

export interface HypergeometricFacts {
  readonly a: number
  readonly b: number
  readonly c: number
  readonly z: number
}

/**
 * The logarithm of Gauss' hypergeometric function ₂F₁(a, b; c; z) for c > 0 and 0 ≤ z < 1, where the value is positive; NaN
 * outside, or where the series needs more than 200,000 terms.
 *
 * The series (Abramowitz & Stegun 1964, 15.1.1) is summed as it is, or after Euler's transformation
 * ₂F₁(a, b; c; z) = (1−z)^(c−a−b) ₂F₁(c−a, c−b; c; z) (15.3.3) where that makes the terms smaller: for the models of purchases
 * a and b grow with the number of purchases, while c−a and c−b stay small.
 */
export function logHypergeometric({ a, b, c, z }: HypergeometricFacts): number {
  if (!(c > 0) || !(z >= 0 && z < 1)) return Number.NaN
  const excess = c - a - b
  return excess < 0 ? logSeries(c - a, c - b, c, z) + excess * Math.log1p(-z) : logSeries(a, b, c, z)
}

/** log Σ (a)ₙ (b)ₙ / ((c)ₙ n!) zⁿ, until what can still come is below the last digit; rescaled where it grows too large. */
function logSeries(a: number, b: number, c: number, z: number): number {
  let term = 1
  let sum = 1
  let scale = 0
  for (let n = 0; n < mostTerms; n += 1) {
    const ratio = (((a + n) * (b + n)) / ((c + n) * (n + 1))) * z
    term *= ratio
    sum += term
    if (Math.abs(sum) > tooLarge) {
      term /= tooLarge
      sum /= tooLarge
      scale += Math.log(tooLarge)
    }
    const left = 1 - Math.max(z, Math.abs(ratio))
    if (term === 0 || (left > 0 && Math.abs(term) <= tolerance * left * Math.abs(sum)))
      return scale + Math.log(sum)
  }
  return Number.NaN
}
