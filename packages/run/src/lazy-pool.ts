import { exitCode, parseDuration, SillageError } from '@sillage/base'
import type { Budget } from './budget.ts'
import type { WorkerPool } from './workers/worker-pool.ts'

const batchTimeoutMs = 120_000
const timeoutVariable = 'SILLAGE_BATCH_TIMEOUT'

/** The worker pool of a run: opened by a step that needs it, and closed after it, since what follows in DuckDB wants the memory of its heaps. */
export class LazyPool implements AsyncDisposable {
  readonly #budget: Budget
  #pool: Promise<WorkerPool> | undefined

  constructor(budget: Budget) {
    this.#budget = budget
  }

  get(): Promise<WorkerPool> {
    this.#pool ??= this.#open()
    return this.#pool
  }

  async #open(): Promise<WorkerPool> {
    const timeoutMs = batchTimeout(process.env[timeoutVariable])
    const { WorkerPool: Pool } = await import('./workers/worker-pool.ts')
    return await Pool.open({ threads: this.#budget.threads, maxHeapMb: this.#budget.workerHeapMb, timeoutMs })
  }

  /** Ends the workers; the next step that asks gets new ones. */
  async close(): Promise<void> {
    const pool = await this.#pool
    this.#pool = undefined
    await pool?.[Symbol.asyncDispose]()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }
}

/** How long one batch may take: a text such as 10m, else two minutes. */
function batchTimeout(text: string | undefined): number {
  if (text === undefined || text === '') return batchTimeoutMs
  const timeoutMs = parseDuration(text)
  if (timeoutMs) return timeoutMs
  throw new SillageError({
    code: 'duration_invalid',
    message: `${timeoutVariable} is ${JSON.stringify(text)}, which is no duration`,
    hint: 'write it as 90s or 10m',
    exit: exitCode.usage,
  })
}
