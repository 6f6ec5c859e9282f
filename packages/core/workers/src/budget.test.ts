import { mkdtempSync, rmSync, statfsSync } from 'node:fs'
import { tmpdir, totalmem } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, it } from 'vitest'
import { spillBytes, splitBudget, streamingBytes } from './budget.ts'
import { workerLimits } from './limits.ts'

const mb = 2 ** 20
afterEach(() => {
  delete process.env.SILLAGE_BATCH_TIMEOUT
})

it('a budget is split between DuckDB and the heaps of workers', () => {
  expect(splitBudget({ memoryBytes: 1000 * mb, threads: 2, workers: true })).toEqual({
    totalBytes: 1000 * mb,
    duckdbBytes: 500 * mb,
    threads: 2,
    workerHeapMb: 200,
  })
  expect(splitBudget({ memoryBytes: 1000 * mb, threads: 2, workers: false }).duckdbBytes).toBe(700 * mb)
  expect(splitBudget({ memoryBytes: 100 * mb, threads: 4, workers: true })).toMatchObject({
    duckdbBytes: 96 * mb,
    workerHeapMb: 64,
  })
  const usual = splitBudget({ workers: false })
  expect(usual.totalBytes).toBeGreaterThan(0)
  expect(usual.totalBytes).toBeLessThanOrEqual(totalmem() * 0.6)
  expect(usual.threads).toBeGreaterThan(0)
})

it('while batches go through workers DuckDB gets a tenth, and something a column, but no more than it has', () => {
  const budget = splitBudget({ memoryBytes: 2000 * mb, threads: 2, workers: true })
  expect([streamingBytes(budget, 0), streamingBytes(budget, 10), streamingBytes(budget, 5000)]).toEqual([
    200 * mb,
    210 * mb,
    1000 * mb,
  ])
  expect(streamingBytes(splitBudget({ memoryBytes: 300 * mb, threads: 1, workers: true }), 1)).toBe(97 * mb)
})

it('what may be spilled is twenty times the budget, four gigabytes at least, and four fifths of the disk at most', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sillage-spill-'))
  const { bavail, bsize } = statfsSync(folder)
  const free = bavail * bsize * 0.8
  const spill = (totalBytes: number) => spillBytes({ totalBytes } as never, folder)
  expect(spill(1 * mb)).toBeCloseTo(Math.min(4096 * mb, free), -8)
  expect(spill(300 * mb)).toBeCloseTo(Math.min(6000 * mb, free), -8)
  expect(spill(2 ** 60)).toBeLessThanOrEqual(free * 1.01)
  rmSync(folder, { recursive: true })
})

it('limits are those of the project, and the variable wins for time', () => {
  const budget = { workerHeapMb: 77 } as never
  expect(workerLimits(undefined, budget)).toEqual({ batchMs: 120_000, fitMs: 600_000, maxHeapMb: 77 })
  expect(workerLimits({ batchMs: 1, fitMs: 2, memoryBytes: 5 * mb + 1 }, budget)).toEqual({
    batchMs: 1,
    fitMs: 2,
    maxHeapMb: 5,
  })
  process.env.SILLAGE_BATCH_TIMEOUT = '3s'
  expect(workerLimits({ batchMs: 1, fitMs: 2 }, budget)).toMatchObject({ batchMs: 3000, fitMs: 3000 })
  process.env.SILLAGE_BATCH_TIMEOUT = ''
  expect(workerLimits(undefined, budget).batchMs).toBe(120_000)
  process.env.SILLAGE_BATCH_TIMEOUT = 'soon'
  expect(() => workerLimits(undefined, budget)).toThrow(
    expect.objectContaining({ code: 'duration_invalid', exit: 2 }),
  )
})
