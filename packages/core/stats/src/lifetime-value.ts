export const daysPerMonth = 365.25 / 12

/**
 * The discounted value of the purchases of the coming months: Σ (purchases of month i) × value × margin / (1+d)^i, where month i
 * ends i months from now and the last one may be cut short (it then counts with the part of a month that it lasts).
 */
export interface DiscountedValue {
  /** Purchases expected until a time; 0 at 0, never falling. */
  readonly expectedBy: (time: number) => number
  /** How far to look, in the unit of `expectedBy`. */
  readonly horizon: number
  /** Length of a month in that unit: `daysPerMonth`, or `daysPerMonth / 7` for weeks. */
  readonly month: number
  /** Value of one purchase, in money. */
  readonly value: number
  /** Share of the value that remains, in [0, 1]; 1 gives revenue. */
  readonly margin: number
  /** A year's rate, such as 0.1; a month's is (1 + rate)^(1/12) − 1. */
  readonly annualDiscountRate: number
}

export function discountedLifetimeValue({
  expectedBy,
  horizon,
  month,
  value,
  margin,
  annualDiscountRate,
}: DiscountedValue): number {
  const monthly = (1 + annualDiscountRate) ** (1 / 12)
  let before = 0
  let sum = 0
  for (let months = 1; (months - 1) * month < horizon; months += 1) {
    const until = Math.min(months * month, horizon)
    const expected = expectedBy(until)
    sum += (expected - before) / monthly ** (until / month)
    before = expected
  }
  return sum * value * margin
}
