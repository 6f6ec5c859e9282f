import { expect, it } from 'vitest'
import { killRuns } from './kills/kills.ts'
import { readWhileRunning } from './readers/readers.ts'

// Small shares of `npm run faults`; a larger one is in faults.slow.test.ts.

it.each([['orders', 4]] as const)(
  'runs of %s that are killed lose nothing and do nothing twice',
  async (scenario, kills) => {
    const counts = await killRuns({ kills, seed: 20261122, scenario, everyPoint: false, say: () => {} })
    expect(counts).toMatchObject({ lost: 0, twice: 0, mixed: 0, newKeys: 0, acceptedTwice: 0, problems: [] })
    expect(counts.kills).toBeGreaterThanOrEqual(kills)
  },
)

it('readers see one state or the other while runs publish', async () => {
  const counts = await readWhileRunning({ runs: 5, processes: 2, readersEach: 5 })
  expect(counts).toMatchObject({ errors: 0, mixed: 0, problems: [] })
  expect(counts.looks).toBeGreaterThan(5)
})
