import { expect, it } from 'vitest'
import { readWhileRunning } from './readers/readers.ts'

// A small share of `npm run faults`; kills are in faults.slow.test.ts.

it('readers see one state or the other while runs publish', async () => {
  const counts = await readWhileRunning({ runs: 5, processes: 2, readersEach: 5 })
  expect(counts).toMatchObject({ errors: 0, mixed: 0, problems: [] })
  expect(counts.looks).toBeGreaterThan(5)
})
