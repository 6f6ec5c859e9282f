import { getHeapStatistics, setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { resourceLimits } from 'node:worker_threads'
import type { PluginFault } from './task.ts'

/**
 * What a plugin keeps from batch to batch: V8 ends the whole process where a worker at the limit of its heap asks for one large piece
 * more, and column buffers have no limit at all. So a leak is caught between batches, before either happens.
 */
export class KeptMemory {
  readonly limitBytes: number
  readonly #collect: () => void
  #live = 0

  /** For the worker of the thread that calls: three quarters of its heap's limit. */
  constructor(limitBytes = (resourceLimits.maxOldGenerationSizeMb ?? 0) * 0.75 * 2 ** 20) {
    this.limitBytes = limitBytes
    setFlagsFromString('--expose-gc')
    this.#collect = runInNewContext('gc') as () => void
  }

  /**
   * Whether objects and buffers of the thread take more than the limit, those of the batch itself left out. What is rubbish is
   * collected first, but only where there is a fifth of the limit more than was found to be live the last time.
   */
  isOver(batch: ReadonlySet<ArrayBufferLike>): boolean {
    let own = 0
    for (const buffer of batch) own += buffer.byteLength
    const used = (): number => {
      const { used_heap_size, external_memory } = getHeapStatistics()
      return used_heap_size + external_memory - own
    }
    if (used() <= Math.max(this.limitBytes, this.#live + this.limitBytes / 5)) return false
    // The buffers that the first lets go of are freed beside it: the second waits for that.
    this.#collect()
    this.#collect()
    this.#live = used()
    return this.#live > this.limitBytes
  }

  fault(): PluginFault {
    const megabytes = (bytes: number): string => `${Math.ceil(bytes / 2 ** 20)} MB`
    return {
      phase: 'memory',
      name: 'Error',
      message: `${megabytes(this.#live)} where ${megabytes(this.limitBytes)} are allowed`,
      stack: undefined,
    }
  }
}
