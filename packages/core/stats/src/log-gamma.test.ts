import fc from 'fast-check'
import { expect, test } from 'vitest'
import { digamma } from './digamma.ts'
import { logBeta, logGamma } from './log-gamma.ts'
import { logAdd, logSubtract } from './log-sum.ts'
import { logRising } from './rising.ts'

const positive = fc.double({ min: 1e-6, max: 1e6, noNaN: true })
function near(actual: number, expected: number, digits = 1e-13): void {
  expect(Math.abs(actual - expected)).toBeLessThanOrEqual(digits * Math.max(1, Math.abs(expected)))
}

test('the gamma function is the factorial at integers and √π at one half', () => {
  let factorial = 1
  for (let n = 1; n < 60; n += 1) {
    near(logGamma(n), Math.log(factorial))
    factorial *= n
  }
  near(logGamma(0.5), Math.log(Math.PI) / 2)
})

test('the gamma function has no value below 0 and none at all at 0', () => {
  expect(logGamma(-0.5)).toBeNaN()
  expect(logGamma(0)).toBe(Number.POSITIVE_INFINITY)
})

test('Γ(x+1) = x Γ(x), and ψ is the slope of log Γ', () => {
  fc.assert(fc.property(positive, (x) => near(logGamma(x + 1), logGamma(x) + Math.log(x), 1e-12)))
  fc.assert(
    fc.property(fc.double({ min: 0.01, max: 1e6, noNaN: true }), (x) =>
      near(digamma(x + 1), digamma(x) + 1 / x, 1e-12),
    ),
  )
  for (const x of [0.3, 1, 2.5, 17, 400])
    near(digamma(x), (logGamma(x + 1e-5 * x) - logGamma(x - 1e-5 * x)) / (2e-5 * x), 1e-8)
})

test('the gamma function obeys the duplication formula of Legendre', () => {
  fc.assert(
    fc.property(fc.double({ min: 0.01, max: 1e5, noNaN: true }), (x) =>
      near(
        logGamma(2 * x),
        logGamma(x) + logGamma(x + 0.5) + (2 * x - 1) * Math.LN2 - Math.log(Math.PI) / 2,
        1e-12,
      ),
    ),
  )
})

test('the beta function is symmetric and 1/a at b = 1', () => {
  fc.assert(fc.property(positive, positive, (a, b) => near(logBeta(a, b), logBeta(b, a))))
  near(logBeta(7, 1), -Math.log(7))
})

test('logarithms add and subtract as their numbers do, and stand scales that overflow', () => {
  fc.assert(
    fc.property(
      fc.double({ min: 1e-3, max: 1e3, noNaN: true }),
      fc.double({ min: 1e-3, max: 1e3, noNaN: true }),
      (a, b) => near(logAdd(Math.log(a), Math.log(b)), Math.log(a + b), 1e-12),
    ),
  )
  near(logSubtract(Math.log(5), Math.log(3)), Math.log(2))
  near(logAdd(2000, 2000), 2000 + Math.LN2)
  expect(logAdd(Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY)).toBe(Number.NEGATIVE_INFINITY)
  expect(logSubtract(3, 3)).toBe(Number.NEGATIVE_INFINITY)
})

test('a rising factorial is a product, with the slope of its logarithm, and keeps its digits for large numbers', () => {
  fc.assert(
    fc.property(fc.double({ min: 0.01, max: 100, noNaN: true }), fc.integer({ min: 0, max: 60 }), (a, n) => {
      near(logRising(a, n).value, logGamma(a + n) - logGamma(a), 1e-11)
      near(logRising(a, n).slope, digamma(a + n) - digamma(a), 1e-11)
    }),
  )
  near(logRising(1e7, 2000).value, 2000 * Math.log(1e7) + 1999 / 1e4, 1e-9)
  expect(logRising(1e9, 3).value).toBeCloseTo(3 * Math.log(1e9), 7)
})
