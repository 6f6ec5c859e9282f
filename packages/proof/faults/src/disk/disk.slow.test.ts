import { expect, it } from 'vitest'
import { fillDisks } from './disk.ts'

// A small share of `npm run faults`.

it('disks without room end runs with a clear error, and leave the mart', async ({ skip }) => {
  const counts = await fillDisks([4])
  if (counts.skipped !== undefined) skip(counts.skipped)
  expect(counts.problems).toEqual([])
  expect(counts.full).toBeGreaterThan(0)
})
