const halfLogTwoPi = 0.9189385332046728
/** B(2k) / (2k (2k−1)), k = 1…8: the series of Stirling (Abramowitz & Stegun 1964, 6.1.41). */
const stirling = [1 / 12, -1 / 360, 1 / 1260, -1 / 1680, 1 / 1188, -691 / 360_360, 1 / 156, -3617 / 122_400]
const large = 10

/**
 * The logarithm of Γ(x) for x > 0, to about 15 digits; Infinity at 0, NaN below. The argument is moved past 10 by
 * Γ(x) = Γ(x + n) / (x (x+1) … (x+n−1)), then Stirling's series is summed.
 */
export function logGamma(x: number): number {
  if (!(x >= 0)) return Number.NaN
  if (x === 0 || x === Number.POSITIVE_INFINITY) return Number.POSITIVE_INFINITY
  let product = 1
  let shifted = x
  for (; shifted < large; shifted += 1) product *= shifted
  const inverse = 1 / shifted
  const square = inverse * inverse
  let tail = 0
  for (let k = stirling.length - 1; k >= 0; k -= 1) tail = tail * square + stirling[k]!
  return (shifted - 0.5) * Math.log(shifted) - shifted + halfLogTwoPi + tail * inverse - Math.log(product)
}

/** The logarithm of the beta function B(a, b) = Γ(a) Γ(b) / Γ(a + b), for a, b > 0. */
export function logBeta(a: number, b: number): number {
  return logGamma(a) + logGamma(b) - logGamma(a + b)
}
