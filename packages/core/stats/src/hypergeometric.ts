const tolerance = 1e-16
const mostTerms = 1_000_000
const tooLarge = 1e200

export interface HypergeometricFacts {
  readonly a: number
  readonly b: number
  readonly c: number
  readonly z: number
}

/** A number by the logarithm of its size. */
export interface SignedLog {
  readonly log: number
  readonly sign: 1 | -1
}

/**
 * The logarithm of Gauss' hypergeometric function ₂F₁(a, b; c; z) for a, b, c > 0 and 0 ≤ z < 1; NaN outside, or where the series
 * needs more than a million terms.
 */
export function logHypergeometric(facts: HypergeometricFacts): number {
  return facts.c > 0 ? signedLogHypergeometric(facts).log : Number.NaN
}

/**
 * The same with a sign, also for negative c that are no integers.
 *
 * The series (Abramowitz & Stegun 1964, 15.1.1) is summed as it is, or after Euler's transformation
 * ₂F₁(a, b; c; z) = (1−z)^(c−a−b) ₂F₁(c−a, c−b; c; z) (15.3.3) where that makes its terms smaller and leaves them positive, so that
 * nothing cancels.
 */
export function signedLogHypergeometric({ a, b, c, z }: HypergeometricFacts): SignedLog {
  if (!(a > 0 && b > 0 && z >= 0 && z < 1)) return { log: Number.NaN, sign: 1 }
  const excess = c - a - b
  if (excess >= 0 || c <= a || c <= b) return logSeries(a, b, c, z)
  const { log, sign } = logSeries(c - a, c - b, c, z)
  return { log: log + excess * Math.log1p(-z), sign }
}

/** log Σ (a)ₙ (b)ₙ / ((c)ₙ n!) zⁿ, until what can still come is below the last digit; rescaled where it grows too large. */
function logSeries(a: number, b: number, c: number, z: number): SignedLog {
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
      return { log: scale + Math.log(Math.abs(sum)), sign: sum < 0 ? -1 : 1 }
  }
  return { log: Number.NaN, sign: 1 }
}

const mostFractions = 100_000
const smallZ = 0.5
const tiny = 1e-300

/**
 * The logarithm of ₂F₁(1, b; c; z) for b > 0, c > 1, c − b > 0 and 0 ≤ z < 1, by the continued fraction of Gauss (DLMF 15.7.1) after
 * Lentz' method. It needs about 1/√(1−z) steps where the series, kept for z < 1/2, needs 1/(1−z): so it stands z close to 1. NaN past 100,000 steps.
 */
export function logHypergeometricOfOne({ b, c, z }: Omit<HypergeometricFacts, 'a'>): number {
  if (z < smallZ) return logSeries(1, b, c, z).log
  let fraction = c - 1
  let numerator = fraction
  let denominator = 0
  for (let n = 0; n < mostFractions; n += 1) {
    const half = n >> 1
    const u = n % 2 === 0 ? (b + half) * (c - 1 + half) : (half + 1) * (c - b + half)
    denominator = 1 / (c + n - u * z * denominator || tiny)
    numerator = c + n - (u * z) / numerator || tiny
    const change = numerator * denominator
    fraction *= change
    if (Math.abs(change - 1) < 1e-15) return Math.log((c - 1) / fraction)
  }
  return Number.NaN
}
