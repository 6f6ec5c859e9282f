import { existsSync, readFileSync } from 'node:fs'
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
const leastForDuckdb = 96 * 2 ** 20

/**
 * Splits the budget. Where nothing runs in workers DuckDB gets 70 %; else 30 %, since the main heap, Arrow in flight and one heap
 * a worker come on top, and DuckDB itself passes its limit by up to 0.3 GB.
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
  const share = workers ? 0.3 : 0.7
  return {
    totalBytes,
    duckdbBytes: Math.max(leastForDuckdb, Math.floor(totalBytes * share)),
    threads: count,
    workerHeapMb: Math.max(64, Math.floor((totalBytes * 0.4) / count / 2 ** 20)),
  }
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
