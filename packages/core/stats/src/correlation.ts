/** Pearson's correlation, in [−1, 1]; NaN for fewer than two pairs or where one side does not vary. Two passes, for exactness. */
export function correlation(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const count = a.length
  const meanA = mean(a)
  const meanB = mean(b)
  let [both, squareA, squareB] = [0, 0, 0]
  for (let row = 0; row < count; row += 1) {
    const fromA = a[row]! - meanA
    const fromB = b[row]! - meanB
    both += fromA * fromB
    squareA += fromA * fromA
    squareB += fromB * fromB
  }
  return both / Math.sqrt(squareA * squareB)
}

function mean(values: ArrayLike<number>): number {
  let sum = 0
  for (let row = 0; row < values.length; row += 1) sum += values[row]!
  return sum / values.length
}
