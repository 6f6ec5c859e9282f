import { expect, it } from 'vitest'
import { PublishingPace } from './publishing-pace.ts'

/** How often a history of so many dates is published. */
function times(dates: number, rows: number): number {
  const pace = new PublishingPace()
  let count = 0
  for (let date = 0; date < dates; date += 1)
    if (pace.isDue({ rows: { customers: rows } })) {
      pace.published(true)
      count += 1
    }
  return count
}

it('a history is published with each date, a large one in steps of a tenth', () => {
  expect(times(365, 10_000)).toBe(365)
  expect(times(365, 1_000_000)).toBeLessThan(50)
  expect(times(365, 1_000_000)).toBeGreaterThan(10)
})
