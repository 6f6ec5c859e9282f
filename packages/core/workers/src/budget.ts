import { existsSync, readFileSync, statfsSync } from 'node:fs'
import { availableParallelism, totalmem } from 'node:os'

/** How one memory budget is shared. */
export interface Budget {
  readonly totalBytes: number
  readonly duckdbBytes: number
  readonly threads: number
  /** Old-generation heap of one worker. */
  readonly workerHeapMb: number
}

const defaultShare = 0.6
const streamingShare = 0.1
const columnBytes = 2 ** 20
const leastForDuckdb = 96 * 2 ** 20

/**
 * Splits the budget. DuckDB gets 70 %, and half where the pipeline has steps in workers. While batches go through the workers it
 * gets less (`streamingBytes`): a stream needs no more than the blocks it reads and the row group it fills, and what DuckDB would
 * cache beyond that it would not read again. Outside of these shares stand the code (80 MB), a JavaScript heap of about 25 MB a
 * thread, the batches under way and those that wait to be collected (60 MB), and what DuckDB allocates beside its limit. Measured
 * with 10M rows × 5 columns, two workers and 1 GB: 400 MB at the peak, against 470 MB with one limit for all steps.
 */
export function splitBudget({
  memoryBytes,
  threads,
  workers,
}: {
  readonly memoryBytes?: number | undefined
  readonly threads?: number | undefined
  readonly workers: boolean
}): Budget {
  const totalBytes = memoryBytes ?? Math.floor(machineMemory() * defaultShare)
  const count = threads ?? availableParallelism()
  const share = workers ? 0.5 : 0.7
  return {
    totalBytes,
    duckdbBytes: Math.max(leastForDuckdb, Math.floor(totalBytes * share)),
    threads: count,
    workerHeapMb: Math.max(64, Math.floor((totalBytes * 0.4) / count / 2 ** 20)),
  }
}

/**
 * DuckDB's limit while so many columns are read and written: a tenth of the budget, and for each column the blocks that it holds in
 * hand. (With 120 columns in and out a tenth of 1 GB alone is not enough to go on.)
 */
export function streamingBytes({ totalBytes, duckdbBytes }: Budget, columns: number): number {
  const wanted = Math.max(leastForDuckdb, Math.floor(totalBytes * streamingShare)) + columns * columnBytes
  return Math.min(duckdbBytes, wanted)
}

const spillFactor = 20
const leastSpill = 4 * 2 ** 30
const spillShare = 0.8

/** How much DuckDB may spill into a folder: twenty times the budget and at least 4 GiB, but at most four fifths of what is free on its disk. */
export function spillBytes({ totalBytes }: Budget, folder: string): number {
  const { bavail, bsize } = statfsSync(folder)
  return Math.floor(Math.min(Math.max(leastSpill, totalBytes * spillFactor), bavail * bsize * spillShare))
}

/** Bytes of this machine, or of the control group that holds the process where that is less. */
function machineMemory(): number {
  const limits = ['/sys/fs/cgroup/memory.max', '/sys/fs/cgroup/memory/memory.limit_in_bytes'].flatMap(
    (file) => {
      if (!existsSync(file)) return []
      const bytes = Number(readFileSync(file, 'utf8').trim())
      return Number.isFinite(bytes) && bytes > 0 ? [bytes] : []
    },
  )
  return Math.min(totalmem(), ...limits)
}
