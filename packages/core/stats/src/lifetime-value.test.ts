import fc from 'fast-check'
import { expect, test } from 'vitest'
import { correlation } from './correlation.ts'
import { type DiscountedValue, discountedLifetimeValue } from './lifetime-value.ts'

const monthly: DiscountedValue = {
  expectedBy: (time) => time,
  horizon: 12,
  month: 1,
  value: 10,
  margin: 1,
  annualDiscountRate: 0.1,
}

test('without a discount it is purchases × value × margin', () => {
  expect(discountedLifetimeValue({ ...monthly, annualDiscountRate: 0, margin: 0.3 })).toBeCloseTo(36, 10)
})

test('one purchase a month for a year is an annuity', () => {
  const month = 1.1 ** (1 / 12)
  expect(discountedLifetimeValue(monthly)).toBeCloseTo((10 * (1 - 1.1 ** -1)) / (month - 1), 10)
})

test('a last month that is cut short counts with what falls into it', () => {
  const whole = discountedLifetimeValue(monthly)
  const cut = discountedLifetimeValue({ ...monthly, horizon: 12.5 })
  expect(cut - whole).toBeCloseTo((10 * 0.5) / 1.1 ** (12.5 / 12), 10)
  expect(discountedLifetimeValue({ ...monthly, horizon: 0 })).toBe(0)
})

test('it never falls with the horizon, and never rises with the rate', () => {
  const rate = fc.double({ min: 0, max: 1, noNaN: true })
  const horizon = fc.double({ min: 0, max: 60, noNaN: true })
  fc.assert(
    fc.property(rate, horizon, (annualDiscountRate, months) => {
      const value = discountedLifetimeValue({ ...monthly, annualDiscountRate, horizon: months })
      expect(
        discountedLifetimeValue({ ...monthly, annualDiscountRate, horizon: months + 1 }),
      ).toBeGreaterThan(value)
      expect(
        discountedLifetimeValue({
          ...monthly,
          annualDiscountRate: annualDiscountRate + 0.05,
          horizon: months,
        }),
      ).toBeLessThanOrEqual(value)
    }),
  )
})

test('correlation is 1 along a line, 0 on a cross, and has no value without spread', () => {
  expect(correlation([1, 2, 3], [10, 20, 30])).toBeCloseTo(1, 12)
  expect(correlation([1, -1, 0, 0], [0, 0, 1, -1])).toBe(0)
  expect(correlation([1, 1], [2, 3])).toBeNaN()
})
