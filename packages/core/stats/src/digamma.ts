/** B(2k) / 2k, k = 1…7 (Abramowitz & Stegun 1964, 6.3.18). */
const series = [1 / 12, -1 / 120, 1 / 252, -1 / 240, 1 / 132, -691 / 32_760, 1 / 12]
const large = 10

/** The derivative of `logGamma` for x > 0, to about 14 digits; NaN for x ≤ 0. */
export function digamma(x: number): number {
  if (!(x > 0)) return Number.NaN
  let below = 0
  let shifted = x
  for (; shifted < large; shifted += 1) below += 1 / shifted
  const square = 1 / (shifted * shifted)
  let tail = 0
  for (let k = series.length - 1; k >= 0; k -= 1) tail = (tail + series[k]!) * square
  return Math.log(shifted) - 0.5 / shifted - tail - below
}
