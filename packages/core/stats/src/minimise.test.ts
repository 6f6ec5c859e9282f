import fc from 'fast-check'
import { expect, test } from 'vitest'
import { withGradient } from './gradient.ts'
import { minimise } from './minimise.ts'

test('finds the bottom of the valley of Rosenbrock', () => {
  const { point, converged } = minimise({
    start: [-1.2, 1],
    evaluate: withGradient(([x = 0, y = 0]) => 100 * (y - x * x) ** 2 + (1 - x) ** 2),
  })
  expect(converged).toBe(true)
  expect(point[0]).toBeCloseTo(1, 5)
  expect(point[1]).toBeCloseTo(1, 5)
})

test('finds the bottom of any bowl', () => {
  const coordinate = fc.double({ min: -5, max: 5, noNaN: true })
  const steepness = fc.double({ min: 0.1, max: 20, noNaN: true })
  fc.assert(
    fc.property(
      fc.array(fc.tuple(coordinate, coordinate, steepness), { minLength: 1, maxLength: 5 }),
      (axes) => {
        const { point } = minimise({
          start: axes.map(([, start]) => start),
          evaluate: (at) => ({
            value: axes.reduce(
              (sum, [bottom, , steep], index) => sum + steep * (at[index]! - bottom) ** 2,
              0,
            ),
            gradient: at.map((value, index) => 2 * axes[index]![2] * (value - axes[index]![0])),
          }),
        })
        for (const [index, [bottom]] of axes.entries()) expect(point[index]).toBeCloseTo(bottom, 5)
      },
    ),
  )
})

test('steps back from where the function has no value', () => {
  const { point } = minimise({
    start: [5],
    evaluate: withGradient(([x = 0]) => (x <= 0 ? Number.NaN : x - Math.log(x))),
  })
  expect(point[0]).toBeCloseTo(1, 5)
})

test('says when it stopped too early, and refuses a start without a value', () => {
  const slope = withGradient(([x = 0]) => Math.exp(-x))
  expect(minimise({ start: [0], evaluate: slope, mostIterations: 3 }).converged).toBe(false)
  expect(() => minimise({ start: [Number.NaN], evaluate: slope })).toThrow(RangeError)
})
