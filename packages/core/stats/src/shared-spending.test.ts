import { expect, test } from 'vitest'
import { fitGammaGamma } from './gamma-gamma.ts'
import { createRandom } from './random.ts'
import { fitSharedSpending } from './shared-spending.ts'
import { drawGamma } from './simulate.fixture.ts'

const drawn = (
  seed: number,
  customers: number,
  rate: (random: ReturnType<typeof createRandom>) => number,
) => {
  const random = createRandom(seed)
  const rows = Array.from({ length: customers }, () => {
    const x = random.integer(1, 12)
    return { x, mean: drawGamma(random, 6 * x, rate(random) * x) }
  })
  return { frequency: rows.map(({ x }) => x), monetary: rows.map(({ mean }) => mean) }
}

test('customers who all spend alike share one mean, and the shape with which they were drawn is found', () => {
  const spending = drawn(7, 4000, () => 0.3)
  const { parameters } = fitSharedSpending(spending)
  expect(parameters.mean).toBeCloseTo(20, 0)
  expect(Math.abs(parameters.p / 6 - 1)).toBeLessThan(0.1)
})

test('it is enough for about half of such customers, and never for those who differ', () => {
  const enough = (rate: Parameters<typeof drawn>[2]): number =>
    Array.from({ length: 40 }, (_, seed) => fitSharedSpending(drawn(seed, 60, rate)).isEnough).filter(Boolean)
      .length
  expect(enough(() => 0.3)).toBeGreaterThan(10)
  expect(enough((random) => drawGamma(random, 4, 12))).toBe(0)
})

test('its likelihood is that of the Gamma-Gamma model whose customers hardly differ', () => {
  const spending = drawn(3, 500, (random) => drawGamma(random, 40, 130))
  const shared = fitSharedSpending(spending)
  const mixed = fitGammaGamma(spending)
  expect(shared.isEnough).toBe(false)
  expect(mixed.converged).toBe(true)
  expect(mixed.logLikelihood).toBeGreaterThan(shared.logLikelihood)
  expect(mixed.logLikelihood - shared.logLikelihood).toBeLessThan(200)
})

test('one mean for all, to the cent, is the limit', () => {
  const { parameters, isEnough } = fitSharedSpending({ frequency: [3, 1, 8], monetary: [10, 10, 10] })
  expect(parameters.mean).toBe(10)
  expect(parameters.p).toBeGreaterThan(1e6)
  expect(isEnough).toBe(true)
})
