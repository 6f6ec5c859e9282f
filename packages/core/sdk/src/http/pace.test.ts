import fc from 'fast-check'
import { expect, it } from 'vitest'
import { Pace } from './pace.ts'
import { TestClock } from './testing/test-clock.ts'

const signal = new AbortController().signal

it('spaces requests evenly, however they come', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 50 }),
      fc.array(fc.integer({ min: 0, max: 3000 }), { minLength: 2, maxLength: 20 }),
      async (requestsPerSecond, gaps) => {
        const clock = new TestClock(0)
        const pace = new Pace({ requestsPerSecond }, clock)
        const times: number[] = []
        for (const gap of gaps) {
          await clock.sleep(gap)
          using _ = await pace.enter(signal)
          times.push(clock.now())
        }
        for (const [index, time] of times.slice(1).entries())
          expect(time - times[index]!).toBeGreaterThanOrEqual(1000 / requestsPerSecond - 1e-6)
      },
    ),
  )
})

it('lets as many in at once as the server takes, in the order in which they came', async () => {
  const pace = new Pace({ concurrent: 2 })
  const inside: number[] = []
  const places = await Promise.all([0, 1].map(() => pace.enter(signal)))
  const later = [2, 3].map(async (number) => {
    const place = await pace.enter(signal)
    inside.push(number)
    return place
  })
  await Promise.resolve()
  expect(inside).toEqual([])
  places[0]![Symbol.dispose]()
  await later[0]
  expect(inside).toEqual([2])
  places[1]![Symbol.dispose]()
  await later[1]
  expect(inside).toEqual([2, 3])
})

it('who gives up waiting takes no place', async () => {
  const pace = new Pace({ concurrent: 1 })
  const first = await pace.enter(signal)
  const run = new AbortController()
  const second = pace.enter(run.signal)
  run.abort(new Error('interrupted'))
  await expect(second).rejects.toThrow('interrupted')
  first[Symbol.dispose]()
  using _ = await pace.enter(signal)
})
