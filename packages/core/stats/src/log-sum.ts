/** log(eᵃ + eᵇ) without overflow; −Infinity stands for log 0. */
export function logAdd(a: number, b: number): number {
  const larger = Math.max(a, b)
  if (larger === Number.NEGATIVE_INFINITY) return larger
  return larger + Math.log1p(Math.exp(Math.min(a, b) - larger))
}

/** log(eᵃ − eᵇ) for a ≥ b; −Infinity where they are equal, or where rounding puts a below b. */
export function logSubtract(a: number, b: number): number {
  if (b === Number.NEGATIVE_INFINITY) return a
  return a <= b ? Number.NEGATIVE_INFINITY : a + Math.log(-Math.expm1(b - a))
}
