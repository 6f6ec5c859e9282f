import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createRandom } from './random.ts'

test('gives the same numbers for the same seed, for ever', () => {
  const random = createRandom(2014)
  expect([random.uint32(), random.uint32(), random.uint32()]).toEqual([2658939558, 3441538934, 396675240])
})

test('a fork does not depend on what was drawn before it', () => {
  const [early, late] = [createRandom(1), createRandom(1)]
  late.uint32()
  expect(late.fork('people').uint32()).toBe(early.fork('people').uint32())
  expect(early.fork('people').uint32()).not.toBe(early.fork('places').uint32())
})

test('integers stay within their bounds and meet both', () => {
  const random = createRandom(7)
  const drawn = new Set(Array.from({ length: 500 }, () => random.integer(-2, 3)))
  expect([...drawn].sort((a, b) => a - b)).toEqual([-2, -1, 0, 1, 2, 3])
})

test('uniform draws spread evenly', () => {
  const random = createRandom('spread')
  const cells = new Array<number>(10).fill(0)
  for (let draw = 0; draw < 100_000; draw += 1) cells[Math.floor(random.uniform() * 10)]! += 1
  const chiSquare = cells.reduce((sum, count) => sum + (count - 10_000) ** 2 / 10_000, 0)
  expect(chiSquare).toBeLessThan(27.9) // 9 degrees of freedom, 1 in 1,000
})

test('weights are kept, and a weight of 0 never drawn', () => {
  const random = createRandom(3)
  const drawn = Array.from({ length: 20_000 }, () => random.weighted({ often: 3, seldom: 1, never: 0 }))
  expect(drawn.filter((key) => key === 'often').length / drawn.length).toBeCloseTo(0.75, 1)
  expect(drawn).not.toContain('never')
})

test('shuffling keeps every element', () => {
  fc.assert(
    fc.property(fc.integer(), fc.array(fc.integer()), (seed, list) => {
      expect(createRandom(seed).shuffled(list).sort()).toEqual([...list].sort())
    }),
  )
})
