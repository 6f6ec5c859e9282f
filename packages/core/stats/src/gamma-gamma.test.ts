import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { hasCdnow, readCdnow, skipReason } from './cdnow.fixture.ts'
import { fitGammaGamma, type GammaGamma, gammaGammaExpected, gammaGammaLogLikelihood } from './gamma-gamma.ts'
import { logGamma } from './log-gamma.ts'
import { gammaDensity, halfLine, integral } from './quadrature.fixture.ts'
import { createRandom } from './random.ts'
import { drawGamma } from './simulate.fixture.ts'

const published: GammaGamma = { p: 6.25, q: 3.74, v: 15.44 }

describe(`Gamma-Gamma on CDNOW${skipReason}`, () => {
  test.skipIf(!hasCdnow)('gives the published parameters on the 946 repeat customers', () => {
    const repeat = readCdnow().filter((one) => one.frequency > 0)
    const fitted = fitGammaGamma({
      frequency: repeat.map((one) => one.frequency),
      monetary: repeat.map((one) => one.monetary),
    })
    expect(fitted).toMatchObject({ customers: 946, converged: true })
    for (const name of ['p', 'q', 'v'] as const)
      expect(fitted.parameters[name]).toBeCloseTo(published[name], 1.7)
  })
})

test.each([
  [1, 22.35],
  [4, 120],
  [30, 8],
] as const)('is the integral over customers that its mixture stands for (x = %d, mean %d)', (x, mean) => {
  const { p, q, v } = published
  const nodes = halfLine({ from: -25, to: 8, steps: 3000 })
  const among = gammaDensity(q, v, Math.exp(logGamma(q)))
  const density = (nu: number): number =>
    Math.exp(p * x * Math.log(nu * x) + (p * x - 1) * Math.log(mean) - nu * x * mean - logGamma(p * x)) *
    among(nu)
  const likelihood = integral(nodes, density)
  expect(gammaGammaLogLikelihood(published, { frequency: [x], monetary: [mean] })).toBeCloseTo(
    Math.log(likelihood),
    8,
  )
  expect(gammaGammaExpected(published, x, mean)).toBeCloseTo(
    integral(nodes, (nu) => (density(nu) * p) / nu) / likelihood,
    7,
  )
})

test('the expected value lies between the own mean and that of all, nearer to the own one the more purchases there are', () => {
  const all = gammaGammaExpected(published, 0, Number.NaN)
  expect(all).toBeCloseTo((6.25 * 15.44) / 2.74, 10)
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 500 }),
      fc.double({ min: 0.5, max: 5000, noNaN: true }),
      (x, mean) => {
        const [few, many] = [
          gammaGammaExpected(published, x, mean),
          gammaGammaExpected(published, x + 1, mean),
        ]
        expect(few).toBeGreaterThanOrEqual(Math.min(all, mean) - 1e-9)
        expect(few).toBeLessThanOrEqual(Math.max(all, mean) + 1e-9)
        expect(Math.abs(many - mean)).toBeLessThanOrEqual(Math.abs(few - mean) + 1e-9)
      },
    ),
  )
})

test('finds the parameters that 20,000 simulated customers were drawn with', () => {
  const random = createRandom(3)
  const drawn = Array.from({ length: 20_000 }, () => {
    const x = random.integer(1, 12)
    const nu = drawGamma(random, published.q, published.v)
    return { x, mean: drawGamma(random, published.p * x, nu * x) }
  })
  const { parameters, converged } = fitGammaGamma({
    frequency: drawn.map((one) => one.x),
    monetary: drawn.map((one) => one.mean),
  })
  expect(converged).toBe(true)
  for (const name of ['p', 'q', 'v'] as const)
    expect(Math.abs(parameters[name] / published[name] - 1)).toBeLessThan(0.08)
})

test('money in cents gives the same customers, a hundred times dearer', () => {
  const x = [1, 2, 5, 3, 8, 1]
  const euros = [20, 31.5, 18.2, 77, 45, 12]
  const inEuros = fitGammaGamma({ frequency: x, monetary: euros }).parameters
  const inCents = fitGammaGamma({ frequency: x, monetary: euros.map((value) => value * 100) }).parameters
  expect(gammaGammaExpected(inCents, 2, 3150) / gammaGammaExpected(inEuros, 2, 31.5)).toBeCloseTo(100, 3)
})

test('names what is missing or impossible, and gives no mean where there is none', () => {
  expect(() => fitGammaGamma({ frequency: [2], monetary: [10] })).toThrow('at least two customers')
  expect(() => fitGammaGamma({ frequency: [2, 1], monetary: [10, 0] })).toThrow(
    'row 1: frequency and monetary must be positive',
  )
  expect(gammaGammaExpected({ p: 2, q: 0.5, v: 10 }, 0, 0)).toBeNaN()
})
