import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
import { MessageChannel, type MessagePort } from 'node:worker_threads'
import { isSillageError } from '@sillage/base'
import type { ModelJson } from '@sillage/sdk'
import type { BatchMessage } from '@sillage/sql/arrow'
import type { Piscina } from 'piscina'
import { Deadline } from './deadline.ts'
import { pluginCrashed, pluginFault, pluginOverMemory, pluginTimeout } from './failure.ts'
import { MemoryWatch } from './memory-watch.ts'
import { Permits } from './permits.ts'
import type { ProgramHost, ProgramStatements } from './program/port.ts'
import { servePort } from './program/serve-port.ts'
import { Talk } from './talk.ts'
import type { BatchTask, FitTask, Passed, ProgramTask, Reply, Task } from './task.ts'

export interface PoolOptions {
  readonly threads: number
  /** Limit of the JavaScript heap of each worker; column buffers do not count. */
  readonly maxHeapMb: number
  /** A task that takes longer is ended with its worker. Waiting for a worker does not count. */
  readonly timeoutMs: number
  /** The same for fitting a model, and for a program between two calls of its tables. */
  readonly fitTimeoutMs?: number
  /** What the rest of the process, DuckDB above all, may come to hold while tasks run. */
  readonly besideBytes?: number
}

interface RunOptions {
  readonly transfer?: readonly (ArrayBuffer | MessagePort)[]
  readonly signal?: AbortSignal | undefined
  /** A signal behind that of the deadline, for who is told before its thread is ended. */
  readonly behind?: (signal: AbortSignal) => AbortSignal
  /** What the task asks for while it runs, until disposed of. */
  readonly serve?: (deadline: Deadline) => AsyncDisposable
}

/**
 * Worker threads that run plugins. A task that fails, hangs, leaves its worker or exhausts its memory rejects alone: the worker is
 * replaced and other tasks go on. Workers never touch the database.
 */
export class WorkerPool implements AsyncDisposable {
  readonly threads: number
  readonly #piscina: Piscina<Task, Reply<unknown>>
  readonly #timeoutMs: number
  readonly #fitTimeoutMs: number
  readonly #memory: MemoryWatch
  /** Tasks wait here rather than in piscina, so that a timeout counts from a task's own start. */
  readonly #permits: Permits
  #isClosed = false

  private constructor(
    piscina: Piscina<Task, Reply<unknown>>,
    { threads, timeoutMs, fitTimeoutMs = timeoutMs, maxHeapMb, besideBytes = 0 }: PoolOptions,
  ) {
    this.threads = threads
    this.#piscina = piscina
    this.#timeoutMs = timeoutMs
    this.#fitTimeoutMs = fitTimeoutMs
    this.#memory = new MemoryWatch(threads * maxHeapMb * 2 ** 20 + besideBytes)
    this.#permits = new Permits(threads)
  }

  static async open(options: PoolOptions): Promise<WorkerPool> {
    const { Piscina } = await import('piscina')
    const { threads, maxHeapMb } = options
    const piscina = new Piscina<Task, Reply<unknown>>({
      filename: workerFile().href,
      name: 'run',
      minThreads: threads,
      maxThreads: threads,
      resourceLimits: { maxOldGenerationSizeMb: maxHeapMb },
    })
    // A stray timer of a plugin failed after its task was done; its worker is replaced and nothing waits for it.
    piscina.on('error', () => {})
    return new WorkerPool(piscina, options)
  }

  /** Runs a batch or apply task: the messages of the result. Throws `plugin_failed` and its kin, or the signal's reason. */
  async transform(
    task: BatchTask,
    {
      transfer = [],
      note,
      signal,
    }: Pick<RunOptions, 'transfer' | 'signal'> & {
      readonly note?: ((text: string) => void) | undefined
    } = {},
  ): Promise<Passed<BatchMessage>> {
    if (task.kind !== 'batch') return (await this.#run(task, { transfer, signal })) as Passed<BatchMessage>
    using talk = new Talk(note ?? (() => {}))
    const { port } = talk
    return (await this.#run(
      { ...task, port },
      { transfer: [...transfer, port], signal, behind: (ending) => talk.behind(ending) },
    )) as Passed<BatchMessage>
  }

  /** Fits a model; the data's buffers move to the worker. */
  async fit(task: FitTask, { signal }: Pick<RunOptions, 'signal'> = {}): Promise<ModelJson> {
    const transfer = [...new Set(Object.values(task.data).map(({ buffer }) => buffer as ArrayBuffer))]
    return (await this.#run(task, { transfer, signal })) as ModelJson
  }

  /** Runs a program over tables that are served to it. What they do does not count as its time. */
  async program(
    task: Omit<ProgramTask, 'kind' | 'schema' | 'port'>,
    { tables, note, signal }: Pick<RunOptions, 'signal'> & ProgramHost,
  ): Promise<ProgramStatements> {
    const { port1, port2: port } = new MessageChannel()
    const serve = (deadline: Deadline) => servePort(port1, { tables, note, deadline })
    const sent: ProgramTask = { ...task, kind: 'program', schema: tables.schema, port }
    return (await this.#run(sent, { transfer: [port], signal, serve })) as ProgramStatements
  }

  #timeoutOf(task: Task): number {
    if (!('message' in task)) return this.#fitTimeoutMs
    return Math.max(this.#timeoutMs, (task.kind === 'batch' && task.limits.batchMs) || 0)
  }

  /** Ends all workers, whatever they do. Tasks that still run reject. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true
    await this.#piscina.destroy()
  }

  async #run(
    task: Task,
    { transfer = [], signal, behind = (ending) => ending, serve }: RunOptions,
  ): Promise<unknown> {
    signal?.throwIfAborted()
    await this.#permits.take()
    const timeoutMs = this.#timeoutOf(task)
    const deadline = new Deadline(timeoutMs, signal)
    const memory = this.#memory.watch(deadline)
    try {
      signal?.throwIfAborted()
      if (this.#isClosed) throw new Error('the worker pool is closed')
      await using _served = serve?.(deadline)
      const ending = behind(deadline.signal)
      const reply = await this.#piscina.run(task, { transferList: [...transfer], signal: ending })
      // Who was told to end has no result, though it may give one.
      deadline.signal.throwIfAborted()
      if ('fault' in reply) throw pluginFault(task, reply.fault)
      return reply.value
    } catch (error) {
      if (memory.isOver) throw pluginOverMemory(task)
      if (deadline.hasPassed) throw pluginTimeout(task, timeoutMs)
      signal?.throwIfAborted()
      throw this.#isClosed || isOwnError(error) ? error : pluginCrashed(task, error)
    } finally {
      memory[Symbol.dispose]()
      deadline.clear()
      this.#permits.give()
    }
  }
}

/** Not the plugin's doing: explained already, or a task that cannot be posted. */
function isOwnError(error: unknown): boolean {
  return isSillageError(error) || (error instanceof Error && error.name === 'DataCloneError')
}

/** The built file, wherever this module stands: the command line carries it in a bundle, and workers run no TypeScript. */
function workerFile(): URL {
  return pathToFileURL(createRequire(import.meta.url).resolve('@sillage/workers/worker'))
}
