/** A prime below 2^26, so that products of residues are exact in doubles. */
export const prime = 67_108_859

/** Vectors of residues modulo `prime`, which stand for sums of the same unknowns. */
export type Residues = Float64Array

/** `row -= factor × by`, modulo `prime`. */
function subtract(row: Residues, factor: number, by: Residues): void {
  for (let at = 0; at < row.length; at++) {
    if (by[at] === 0) continue
    const less = (row[at]! - ((factor * by[at]!) % prime)) % prime
    row[at] = less < 0 ? less + prime : less
  }
}

export function pivotOf(row: Residues): number {
  return row.findIndex((value) => value !== 0)
}

/** Takes from each row its part along `by`, which then has no share in any of them. */
export function eliminate(rows: Iterable<Residues>, by: Residues): void {
  const pivot = pivotOf(by)
  if (pivot < 0) return
  const inverse = inverseOf(by[pivot]!)
  for (const row of rows) {
    const value = row[pivot]!
    if (row !== by && value !== 0) subtract(row, (value * inverse) % prime, by)
  }
}

/** True of two vectors of which each gives the other. */
export function isMultiple(row: Residues, of: Residues): boolean {
  const pivot = pivotOf(of)
  if (pivot < 0 || row[pivot] === 0) return false
  const factor = (row[pivot]! * inverseOf(of[pivot]!)) % prime
  for (let at = 0; at < row.length; at++) if (row[at] !== (factor * of[at]!) % prime) return false
  return true
}

/** By Fermat: value^(prime − 2). */
function inverseOf(value: number): number {
  let result = 1
  let base = value
  for (let left = prime - 2; left > 0; left = Math.floor(left / 2)) {
    if (left % 2 === 1) result = (result * base) % prime
    base = (base * base) % prime
  }
  return result
}
