import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type BgNbd, bgNbdLogLikelihood, fitBgNbd } from './bg-nbd.ts'
import { bgNbdAlive, bgNbdExpected, type Customer } from './bg-nbd-forecast.ts'
import { hasCdnow, readCdnow, skipReason } from './cdnow.fixture.ts'
import { logHypergeometric } from './hypergeometric.ts'
import { logBeta, logGamma } from './log-gamma.ts'
import { purchaseHistory } from './purchase-history.ts'
import { gammaDensity, halfLine, integral, unitInterval } from './quadrature.fixture.ts'
import { createRandom } from './random.ts'
import { drawBeta, drawCustomer, drawGamma } from './simulate.fixture.ts'

const published: BgNbd = { r: 0.243, alpha: 4.414, a: 0.793, b: 2.426 }
const first: Customer = { frequency: 2, recency: 30.43, age: 38.86 }
const oneOf = ({ frequency, recency, age }: Customer) =>
  purchaseHistory({ frequency: [frequency], recency: [recency], age: [age] })

describe(`BG/NBD on CDNOW${skipReason}`, () => {
  test.skipIf(!hasCdnow)('gives the parameters and the likelihood of Fader, Hardie & Lee (2005)', () => {
    const customers = readCdnow()
    const history = purchaseHistory({
      frequency: customers.map((one) => one.frequency),
      recency: customers.map((one) => one.recency),
      age: customers.map((one) => one.age),
    })
    const fitted = fitBgNbd(history)
    expect(fitted).toMatchObject({ customers: 2357, converged: true })
    for (const name of ['r', 'alpha', 'a', 'b'] as const)
      expect(fitted.parameters[name]).toBeCloseTo(published[name], 3)
    expect(fitted.logLikelihood).toBeCloseTo(-9582.429, 3)
  })
})

test('the customer of the paper is expected to buy 1.226 times in the next 39 weeks', () => {
  expect(bgNbdExpected(published, first, 39)).toBeCloseTo(1.226, 3)
})

describe('BG/NBD against the integral over all customers that its mixture stands for', () => {
  const models: readonly BgNbd[] = [
    published,
    { r: 2.1, alpha: 9, a: 1.6, b: 0.7 },
    { r: 0.9, alpha: 1.5, a: 3, b: 5 },
    { r: 40, alpha: 300, a: 1.2, b: 0.9 },
    { r: 30, alpha: 200, a: 0.4, b: 2 },
    { r: 5, alpha: 20, a: 0.3, b: 0.3 },
    { r: 0.6, alpha: 6, a: 0.5, b: 0.5 },
  ]
  const customers: readonly Customer[] = [
    first,
    { frequency: 0, recency: 0, age: 20 },
    { frequency: 9, recency: 4, age: 30 },
    { frequency: 1, recency: 12, age: 12 },
  ]
  const cases = models.flatMap((model) => customers.map((customer) => ({ model, customer })))

  test.each(cases)('likelihood, P(alive) and expected purchases: %j', ({ model, customer }) => {
    const { r, alpha, a, b } = model
    const { frequency: x, recency, age } = customer
    const rate = gammaDensity(r, alpha, Math.exp(logGamma(r)))
    const leaving = (p: number, stays: number): number =>
      p ** (a - 1) * stays ** (b - 1) * Math.exp(-logBeta(a, b))
    const rates = halfLine({ from: -120, to: 6, steps: 1200 })
    const chances = unitInterval({ edge: 120, steps: 700 })
    const alive =
      integral(rates, (l) => rate(l) * l ** x * Math.exp(-l * age)) *
      integral(chances, (p, stays) => leaving(p, stays) * stays ** x)
    const left =
      x === 0
        ? 0
        : integral(rates, (l) => rate(l) * l ** x * Math.exp(-l * recency)) *
          integral(chances, (p, stays) => leaving(p, stays) * p * stays ** (x - 1))
    expect(bgNbdLogLikelihood(model, oneOf(customer))).toBeCloseTo(Math.log(alive + left), 8)
    expect(bgNbdAlive(model, customer)).toBeCloseTo(alive / (alive + left), 8)

    const time = 26
    const boughtAt = (l: number): number =>
      integral(chances, (p, stays) => (leaving(p, stays) * stays ** x * -Math.expm1(-l * p * time)) / p)
    const bought = integral(rates, (l) => rate(l) * l ** x * Math.exp(-l * age) * boughtAt(l))
    expect(bgNbdExpected(model, customer, time)).toBeCloseTo(bought / (alive + left), 7)
  })
})

test('expected purchases agree with equation 10 as it is printed, away from a = 1', () => {
  const shape = fc.double({ min: 0.3, max: 6, noNaN: true })
  fc.assert(
    fc.property(shape, shape, shape, shape, fc.integer({ min: 0, max: 40 }), (r, alpha, a, b, x) => {
      fc.pre(Math.abs(a - 1) > 0.05 && a + b + x > 1.1)
      const customer = { frequency: x, recency: x === 0 ? 0 : 30, age: 40 }
      const time = 52
      const z = time / (alpha + 40 + time)
      const f = logHypergeometric({ a: r + x, b: b + x, c: a + b + x - 1, z })
      const bracket = 1 - Math.exp((r + x) * Math.log1p(-z) + f)
      const printed = ((a + b + x - 1) / (a - 1)) * bracket * bgNbdAlive({ r, alpha, a, b }, customer)
      const ours = bgNbdExpected({ r, alpha, a, b }, customer, time)
      expect(Math.abs(ours - printed)).toBeLessThan(1e-8 * Math.max(1, printed))
    }),
  )
})

test('expected purchases have no hole at a = 1, start at 0 and never fall with time', () => {
  const at = (a: number): number => bgNbdExpected({ ...published, a }, first, 39)
  expect(at(1)).toBeCloseTo((at(1 - 1e-6) + at(1 + 1e-6)) / 2, 8)
  expect(bgNbdExpected(published, first, 0)).toBe(0)
  const times = Array.from({ length: 200 }, (_, index) => bgNbdExpected(published, first, index * 5))
  for (let index = 1; index < times.length; index += 1)
    expect(times[index]).toBeGreaterThan(times[index - 1]!)
})

test('where all customers leave with one probability, it is the mean of (1 − e^(−λpt)) / p over their rates', () => {
  const chance = 0.3
  const model = { r: 0.8, alpha: 6, a: chance * 1e7, b: (1 - chance) * 1e7 }
  const customer = { frequency: 3, recency: 20, age: 25 }
  const time = 52
  const limit = (1 - ((6 + 25) / (6 + 25 + chance * time)) ** (0.8 + 3)) / chance
  const given = bgNbdExpected(model, customer, time) / bgNbdAlive(model, customer)
  expect(given / limit).toBeCloseTo(1, 5)
  const [below, above] = [20 - 1e-9, 20 + 1e-9].map((a) => bgNbdExpected({ ...published, a }, customer, time))
  expect(above! / below!).toBeCloseTo(1, 8)
})

test('many purchases stay finite', () => {
  expect(bgNbdExpected(published, { frequency: 900, recency: 300, age: 301 }, 52)).toBeGreaterThan(100)
  expect(bgNbdAlive(published, { frequency: 900, recency: 10, age: 301 })).toBeLessThan(1e-9)
})

test('finds the parameters that 30,000 simulated customers were drawn with, and forecasts what they did next', () => {
  const truth: BgNbd = { r: 0.8, alpha: 6, a: 0.9, b: 2.5 }
  const random = createRandom(1)
  const drawn = Array.from({ length: 30_000 }, () => {
    const leaving = drawBeta(random, truth.a, truth.b)
    return drawCustomer({
      random,
      rate: drawGamma(random, truth.r, truth.alpha),
      age: random.integer(20, 40),
      until: Number.POSITIVE_INFINITY,
      leavesAfter: () => random.chance(leaving),
    })
  })
  const history = purchaseHistory({
    frequency: drawn.map((one) => one.frequency),
    recency: drawn.map((one) => one.recency),
    age: drawn.map((one) => one.age),
  })
  const { parameters, converged } = fitBgNbd(history)
  expect(converged).toBe(true)
  for (const name of ['r', 'alpha', 'a', 'b'] as const)
    expect(Math.abs(parameters[name] / truth[name] - 1)).toBeLessThan(0.15)
  const expected = drawn.reduce((sum, one) => sum + bgNbdExpected(parameters, one, one.age), 0)
  const later = drawn.reduce((sum, one) => sum + one.later, 0)
  expect(expected / later).toBeCloseTo(1, 1)
  const alive = drawn.reduce((sum, one) => sum + bgNbdAlive(parameters, one), 0)
  expect(alive / drawn.filter((one) => one.alive).length).toBeCloseTo(1, 1)
})

test('merged rows have the likelihood of their customers', () => {
  const row = fc.tuple(fc.integer({ min: 0, max: 6 }), fc.integer({ min: 1, max: 5 }))
  fc.assert(
    fc.property(fc.array(row, { minLength: 1, maxLength: 30 }), (rows) => {
      const sorted = rows
        .map(([x, part]) => [x, x === 0 ? 0 : part, 6] as const)
        .sort((a, b) => a[0] - b[0] || a[1] - b[1])
      const merged = purchaseHistory({
        frequency: sorted.map((one) => one[0]),
        recency: sorted.map((one) => one[1]),
        age: sorted.map((one) => one[2]),
      })
      const alone = sorted.reduce(
        (sum, [frequency, recency, age]) =>
          sum + bgNbdLogLikelihood(published, oneOf({ frequency, recency, age })),
        0,
      )
      expect(bgNbdLogLikelihood(published, merged)).toBeCloseTo(alone, 8)
      expect(merged.customers.reduce((sum, count) => sum + count, 0)).toBe(rows.length)
    }),
  )
})

test('names what is missing or impossible', () => {
  expect(() => fitBgNbd(purchaseHistory({ frequency: [0, 0], recency: [0, 0], age: [4, 5] }))).toThrow(
    'no customer bought again',
  )
  expect(() => purchaseHistory({ frequency: [1], recency: [6], age: [4] })).toThrow(
    'row 0: 0 ≤ recency ≤ age',
  )
  expect(() => purchaseHistory({ frequency: [1.5], recency: [2], age: [4] })).toThrow('row 0: frequency')
})
