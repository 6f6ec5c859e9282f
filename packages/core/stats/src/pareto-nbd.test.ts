import { describe, expect, test } from 'vitest'
import type { Customer } from './bg-nbd-forecast.ts'
import { hasCdnow, readCdnow, skipReason } from './cdnow.fixture.ts'
import { logGamma } from './log-gamma.ts'
import {
  fitParetoNbd,
  type ParetoNbd,
  paretoNbdAlive,
  paretoNbdExpected,
  paretoNbdLogLikelihood,
} from './pareto-nbd.ts'
import { purchaseHistory } from './purchase-history.ts'
import { gammaDensity, halfLine } from './quadrature.fixture.ts'
import { createRandom } from './random.ts'
import { drawCustomer, drawExponential, drawGamma } from './simulate.fixture.ts'

const published: ParetoNbd = { r: 0.553, alpha: 10.578, s: 0.606, beta: 11.669 }

describe(`Pareto/NBD on CDNOW${skipReason}`, () => {
  test.skipIf(!hasCdnow)('gives the published parameters and likelihood', () => {
    const customers = readCdnow()
    const fitted = fitParetoNbd(
      purchaseHistory({
        frequency: customers.map((one) => one.frequency),
        recency: customers.map((one) => one.recency),
        age: customers.map((one) => one.age),
      }),
    )
    expect(fitted).toMatchObject({ customers: 2357, converged: true })
    for (const name of ['r', 'alpha', 's', 'beta'] as const)
      expect(fitted.parameters[name]).toBeCloseTo(published[name], 3)
    expect(fitted.logLikelihood).toBeCloseTo(-9594.976, 3)
  })
})

describe('Pareto/NBD against the integral over all customers that its mixture stands for', () => {
  const models: readonly ParetoNbd[] = [
    published,
    { r: 1.4, alpha: 3, s: 1, beta: 8 },
    { r: 2, alpha: 9, s: 2.5, beta: 9 },
  ]
  const customers: readonly Customer[] = [
    { frequency: 2, recency: 30.43, age: 38.86 },
    { frequency: 0, recency: 0, age: 20 },
    { frequency: 7, recency: 4, age: 30 },
    { frequency: 1, recency: 12, age: 12 },
  ]
  const cases = models.flatMap((model) => customers.map((customer) => ({ model, customer })))

  test.each(cases)('likelihood, P(alive) and expected purchases: %j', ({ model, customer }) => {
    const { r, alpha, s, beta } = model
    const { frequency: x, recency, age } = customer
    const time = 26
    const buying = gammaDensity(r, alpha, Math.exp(logGamma(r)))
    const dying = gammaDensity(s, beta, Math.exp(logGamma(s)))
    let [alive, left, bought] = [0, 0, 0]
    const nodes = halfLine({ from: -60, to: 5, steps: 800 })
    for (const lambda of nodes) {
      for (const mu of nodes) {
        const both = lambda.value + mu.value
        const weight = lambda.weight * mu.weight * buying(lambda.value) * dying(mu.value) * lambda.value ** x
        const staying = weight * Math.exp(-both * age)
        alive += staying
        left += (weight * mu.value * (Math.exp(-both * recency) - Math.exp(-both * age))) / both
        bought += (staying * lambda.value * -Math.expm1(-mu.value * time)) / mu.value
      }
    }
    const history = purchaseHistory({ frequency: [x], recency: [recency], age: [age] })
    expect(paretoNbdLogLikelihood(model, history)).toBeCloseTo(Math.log(alive + left), 7)
    expect(paretoNbdAlive(model, customer)).toBeCloseTo(alive / (alive + left), 7)
    expect(paretoNbdExpected(model, customer, time)).toBeCloseTo(bought / (alive + left), 7)
  })
})

test('expected purchases have no hole at s = 1', () => {
  const customer = { frequency: 2, recency: 30, age: 38 }
  const at = (s: number): number => paretoNbdExpected({ ...published, s }, customer, 39)
  expect(at(1)).toBeCloseTo((at(1 - 1e-6) + at(1 + 1e-6)) / 2, 8)
})

test('finds the parameters that 15,000 simulated customers were drawn with', () => {
  const truth: ParetoNbd = { r: 0.8, alpha: 6, s: 0.9, beta: 20 }
  const random = createRandom(2)
  const drawn = Array.from({ length: 15_000 }, () =>
    drawCustomer({
      random,
      rate: drawGamma(random, truth.r, truth.alpha),
      age: random.integer(20, 50),
      until: drawExponential(random, drawGamma(random, truth.s, truth.beta)),
      leavesAfter: () => false,
    }),
  )
  const { parameters, converged } = fitParetoNbd(
    purchaseHistory({
      frequency: drawn.map((one) => one.frequency),
      recency: drawn.map((one) => one.recency),
      age: drawn.map((one) => one.age),
    }),
  )
  expect(converged).toBe(true)
  for (const name of ['r', 'alpha', 's', 'beta'] as const)
    expect(Math.abs(parameters[name] / truth[name] - 1)).toBeLessThan(0.25)
  const expected = drawn.reduce((sum, one) => sum + paretoNbdExpected(parameters, one, one.age), 0)
  expect(expected / drawn.reduce((sum, one) => sum + one.later, 0)).toBeCloseTo(1, 1)
})
