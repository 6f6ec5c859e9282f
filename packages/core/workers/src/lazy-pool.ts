import type { Budget } from './budget.ts'
import { type Limits, workerLimits } from './limits.ts'
import type { WorkerPool } from './worker-pool.ts'

/** The worker pool of a run: opened by a step that needs it, and closed after it, since what follows in DuckDB wants the memory of its heaps. */
export class LazyPool implements AsyncDisposable {
  readonly #budget: Budget
  readonly #limits: Limits | undefined
  #pool: Promise<WorkerPool> | undefined

  constructor(budget: Budget, limits: Limits | undefined) {
    this.#budget = budget
    this.#limits = limits
  }

  get(): Promise<WorkerPool> {
    this.#pool ??= this.#open()
    return this.#pool
  }

  async #open(): Promise<WorkerPool> {
    const { batchMs, fitMs, maxHeapMb } = workerLimits(this.#limits, this.#budget)
    const { threads, duckdbBytes } = this.#budget
    const { WorkerPool: Pool } = await import('./worker-pool.ts')
    return await Pool.open({
      threads,
      maxHeapMb,
      timeoutMs: batchMs,
      fitTimeoutMs: fitMs,
      besideBytes: duckdbBytes,
    })
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
