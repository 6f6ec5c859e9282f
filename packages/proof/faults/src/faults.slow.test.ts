import { expect, it } from 'vitest'
import { killRuns } from './kills/kills.ts'

// A share of `npm run faults`.

it.each([
  ['orders', 4],
  ['leads', 5],
  ['contacts', 4],
  ['graph', 5],
] as const)('runs of %s that are killed lose nothing and do nothing twice', async (scenario, kills) => {
  const counts = await killRuns({ kills, seed: 20261122, scenario, everyPoint: false, say: () => {} })
  expect(counts).toMatchObject({ lost: 0, twice: 0, mixed: 0, newKeys: 0, acceptedTwice: 0, problems: [] })
  expect(counts.kills).toBeGreaterThanOrEqual(kills)
})
