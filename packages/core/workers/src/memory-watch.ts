import type { Deadline } from './deadline.ts'

const everyMs = 100
/** Code of the workers, batches on their way, and what DuckDB allocates beside its limit. */
const slackBytes = 768 * 2 ** 20

/** A task that is watched. */
export interface WatchedTask extends Disposable {
  /** True once the task was ended for memory. */
  readonly isOver: boolean
}

/**
 * Ends the tasks under way where the process grows beyond what all of them together, and DuckDB beside them, may come to hold: a worker
 * that is busy cannot look at itself, and no limit of a heap counts column buffers.
 */
export class MemoryWatch {
  readonly #limitBytes: number
  readonly #tasks = new Map<Deadline, { isOver: boolean }>()
  #timer: NodeJS.Timeout | undefined

  /** `growthBytes`: beyond what the process holds now. */
  constructor(growthBytes: number) {
    this.#limitBytes = process.memoryUsage.rss() + growthBytes + slackBytes
  }

  /** Watches a task until disposed of; its deadline is brought forward where it has to end. */
  watch(deadline: Deadline): WatchedTask {
    const state = { isOver: false }
    this.#tasks.set(deadline, state)
    this.#timer ??= setInterval(() => this.#look(), everyMs).unref()
    return {
      get isOver() {
        return state.isOver
      },
      [Symbol.dispose]: () => {
        this.#tasks.delete(deadline)
        if (this.#tasks.size > 0) return
        clearInterval(this.#timer)
        this.#timer = undefined
      },
    }
  }

  #look(): void {
    if (process.memoryUsage.rss() <= this.#limitBytes) return
    for (const [deadline, state] of this.#tasks) {
      state.isOver = true
      deadline.end()
    }
  }
}
