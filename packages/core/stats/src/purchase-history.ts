/**
 * What the models of repeat buying know of customers, as columns: one row a customer, or a group of customers with the same
 * values. All times are in one unit (weeks, days), counted from each customer's first purchase.
 */
export interface PurchaseHistory {
  /** Repeat purchases: purchases after the first, an integer ≥ 0. Two on one day count once. */
  readonly frequency: Float64Array
  /** Time of the last purchase; 0 for customers without a repeat purchase. 0 ≤ recency ≤ age. */
  readonly recency: Float64Array
  /** Time from the first purchase to the end of observation. */
  readonly age: Float64Array
  /** How many customers the row stands for. */
  readonly customers: Float64Array
}

export interface HistoryColumns {
  readonly frequency: ArrayLike<number>
  readonly recency: ArrayLike<number>
  readonly age: ArrayLike<number>
  readonly customers?: ArrayLike<number>
}

/**
 * Checks the columns and merges neighbours that are equal: sorted input shrinks to its distinct rows, which is what makes a
 * million customers as fast as some thousands. Throws a RangeError naming the first row that cannot be.
 */
export function purchaseHistory({ frequency, recency, age, customers }: HistoryColumns): PurchaseHistory {
  const kept: [number[], number[], number[], number[]] = [[], [], [], []]
  const [x, tx, T, n] = kept
  for (let row = 0; row < frequency.length; row += 1) {
    const values = [frequency[row]!, recency[row]!, age[row]!, customers?.[row] ?? 1] as const
    requirePossible(values, row)
    const last = n.length - 1
    if (last >= 0 && x[last] === values[0] && tx[last] === values[1] && T[last] === values[2])
      n[last]! += values[3]
    else for (const [index, value] of values.entries()) kept[index]!.push(value)
  }
  return {
    frequency: Float64Array.from(x),
    recency: Float64Array.from(tx),
    age: Float64Array.from(T),
    customers: Float64Array.from(n),
  }
}

/** How many customers the rows stand for. */
export function customersIn({ customers }: PurchaseHistory): number {
  return customers.reduce((sum, count) => sum + count, 0)
}

/** Mean time since the first purchase. */
export function meanAgeIn(history: PurchaseHistory): number {
  const { age, customers } = history
  return age.reduce((sum, time, row) => sum + time * customers[row]!, 0) / customersIn(history)
}

/** Repeat purchases of all customers. */
export function repeatPurchasesIn({ customers, frequency }: PurchaseHistory): number {
  return customers.reduce((sum, count, row) => sum + count * frequency[row]!, 0)
}

function requirePossible(
  [frequency, recency, age, customers]: readonly [number, number, number, number],
  row: number,
): void {
  if (!(Number.isInteger(frequency) && frequency >= 0))
    throw new RangeError(`row ${row}: frequency must be an integer of 0 or more`)
  if (!(recency >= 0 && recency <= age && Number.isFinite(age)))
    throw new RangeError(`row ${row}: 0 ≤ recency ≤ age must hold`)
  if (frequency === 0 && recency !== 0)
    throw new RangeError(`row ${row}: without a repeat purchase recency is 0`)
  if (!(customers > 0)) throw new RangeError(`row ${row}: customers must be positive`)
}
