import fc from 'fast-check'
import { expect, test } from 'vitest'
import { logHypergeometric, logHypergeometricOfOne } from './hypergeometric.ts'
import { logBeta } from './log-gamma.ts'
import { integral, unitInterval } from './quadrature.fixture.ts'

function close(actual: number, expected: number, digits = 1e-11): void {
  expect(Math.abs(actual - expected)).toBeLessThanOrEqual(digits * Math.max(1, Math.abs(expected)))
}
const z = fc.double({ min: 0, max: 0.97, noNaN: true })

test('agrees with elementary functions where it is one', () => {
  fc.assert(
    fc.property(z, (at) =>
      close(logHypergeometric({ a: 1, b: 1, c: 2, z: at }), at === 0 ? 0 : Math.log(-Math.log1p(-at) / at)),
    ),
  )
  fc.assert(
    fc.property(z, fc.double({ min: 0.1, max: 50, noNaN: true }), (at, a) =>
      close(logHypergeometric({ a, b: 3, c: 3, z: at }), -a * Math.log1p(-at)),
    ),
  )
})

test('agrees with the integral of Euler, for arguments as the models of purchases have them', () => {
  const nodes = unitInterval({ edge: 150, steps: 12_000 })
  const shape = fc.double({ min: 0.2, max: 30, noNaN: true })
  fc.assert(
    fc.property(shape, shape, shape, z, (a, b, gap, at) => {
      const value = integral(nodes, (u, rest) => u ** (b - 1) * rest ** (gap - 1) * (1 - at * u) ** -a)
      close(logHypergeometric({ a, b, c: b + gap, z: at }), Math.log(value) - logBeta(b, gap), 1e-8)
    }),
    { numRuns: 50 },
  )
})

test('does not overflow for hundreds of purchases', () => {
  const large = logHypergeometric({ a: 800.24, b: 802.4, c: 802.2, z: 0.9 })
  expect(Number.isFinite(large)).toBe(true)
  expect(large).toBeGreaterThan(1000)
})

test('has no value outside its range', () => {
  expect(logHypergeometric({ a: 1, b: 1, c: 2, z: 1 })).toBeNaN()
  expect(logHypergeometric({ a: 1, b: 1, c: -2, z: 0.5 })).toBeNaN()
  expect(logHypergeometric({ a: -1, b: 1, c: 2, z: 0.5 })).toBeNaN()
})

test('with a parameter of 1, the continued fraction agrees with the series, and goes on where that gives up', () => {
  const shape = fc.double({ min: 0.05, max: 40, noNaN: true })
  fc.assert(
    fc.property(shape, shape, fc.double({ min: 0, max: 0.99, noNaN: true }), (b, gap, at) => {
      const c = b + gap + 1
      close(logHypergeometricOfOne({ b, c, z: at }), logHypergeometric({ a: 1, b, c, z: at }), 1e-10)
    }),
  )
  const at = 1 - 1e-6
  close(logHypergeometricOfOne({ b: 1, c: 2, z: at }), Math.log(-Math.log1p(-at) / at), 1e-9)
})
