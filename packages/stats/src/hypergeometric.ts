const tolerance = 1e-16
const mostTerms = 200_000

/**
 * The logarithm of Gauss' hypergeometric function ₂F₁(a, b; c; z) for c > 0 and 0 ≤ z < 1, where the value is positive; NaN
 * outside, or where the series needs more than 200,000 terms.
 *
 * The series (Abramowitz & Stegun 1964, 15.1.1) is summed as it is, or after Euler's transformation
 * ₂F₁(a, b; c; z) = (1−z)^(c−a−b) ₂F₁(c−a, c−b; c; z) (15.3.3) where that makes the terms smaller: for the models of purchases
 * a and b grow with the number of purchases, while c−a and c−b stay small, so no term overflows.
 */
export function logHypergeometric({
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
  if (!(c > 0) || !(z >= 0 && z < 1)) return Number.NaN
  const transformed = c - a - b < 0
  const sum = transformed ? series(c - a, c - b, c, z) : series(a, b, c, z)
  return Math.log(sum) + (transformed ? (c - a - b) * Math.log1p(-z) : 0)
}

/** Σ (a)ₙ (b)ₙ / ((c)ₙ n!) zⁿ, until what can still come is below the last digit. */
function series(a: number, b: number, c: number, z: number): number {
  let term = 1
  let sum = 1
  for (let n = 0; n < mostTerms; n += 1) {
    const ratio = (((a + n) * (b + n)) / ((c + n) * (n + 1))) * z
    term *= ratio
    sum += term
    if (
      term === 0 ||
      (Math.abs(ratio) < 1 &&
        Math.abs(term) <= tolerance * (1 - Math.max(z, Math.abs(ratio))) * Math.abs(sum))
    )
      return sum
  }
  return Number.NaN
}
