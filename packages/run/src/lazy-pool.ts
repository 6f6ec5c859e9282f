import type { Budget } from './budget.ts'
import { WorkerPool } from './workers/worker-pool.ts'

const batchTimeoutMs = 120_000

/** The worker pool of a run: opened by the first step that needs it. */
export class LazyPool implements AsyncDisposable {
  readonly #budget: Budget
  #pool: Promise<WorkerPool> | undefined

  constructor(budget: Budget) {
    this.#budget = budget
  }

  get(): Promise<WorkerPool> {
    this.#pool ??= WorkerPool.open({
      threads: this.#budget.threads,
      maxHeapMb: this.#budget.workerHeapMb,
      timeoutMs: batchTimeoutMs,
    })
    return this.#pool
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const pool = await this.#pool
    await pool?.[Symbol.asyncDispose]()
  }
}
