import type { ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { messageOf, SillageError } from '@sillage/base'
import { queueFull, runInProgress, stopping } from '../failures.ts'
import type { Host, ServedPipeline } from '../host.ts'
import { childFailed, startChild } from './child.ts'
import { findRun, journalNames } from './find-run.ts'
import { type Job, type RunRequest, runArguments } from './job.ts'

const mostQueued = 20
const mostRemembered = 1000

type Open = { -readonly [key in keyof Job]: Job[key] } & {
  child?: ChildProcess
  /** Settles when the run has a name, or ended without one. */
  readonly named: PromiseWithResolvers
  readonly done: PromiseWithResolvers
}

interface PromiseWithResolvers {
  readonly promise: Promise<void>
  readonly resolve: () => void
}

/** The runs that the server starts: one a pipeline and so many at once; the others wait. */
export class Jobs {
  readonly #host: Host
  readonly #atOnce: number
  /** Whether a question holds the working database of a pipeline. */
  readonly #asking: (pipeline: string) => boolean
  readonly #jobs = new Map<string, Open>()
  readonly #byRun = new Map<string, Open>()
  #closed = false
  #again: NodeJS.Timeout | undefined

  constructor(
    host: Host,
    {
      atOnce,
      asking = () => false,
    }: { readonly atOnce: number; readonly asking?: (pipeline: string) => boolean },
  ) {
    this.#host = host
    this.#atOnce = atOnce
    this.#asking = asking
  }

  get queued(): number {
    return this.#of('queued').length
  }

  get running(): number {
    return this.#of('starting').length + this.#of('running').length
  }

  find(id: string): Job | undefined {
    return this.#jobs.get(id)
  }

  /** The job of a run. */
  ofRun(run: string): Job | undefined {
    return this.#byRun.get(run)
  }

  /** What of a pipeline waits or runs. */
  activeOf(pipeline: string): readonly Job[] {
    return [...this.#jobs.values()].filter((job) => job.pipeline.name === pipeline && job.state !== 'ended')
  }

  /** Whether the process of a run is at a pipeline. */
  isWorking(pipeline: string): boolean {
    return this.activeOf(pipeline).some(({ state }) => state !== 'queued')
  }

  /** Starts or queues a run. Throws `run_in_progress` unless it may wait, `queue_full`, `stopping`. */
  start(
    pipeline: ServedPipeline,
    request: RunRequest,
    { queue, by }: { readonly queue: boolean; readonly by: Job['by'] },
  ): Job {
    if (this.#closed) throw stopping()
    const busy = this.activeOf(pipeline.name).length > 0 || this.#host.holders(pipeline.name).length > 0
    if (busy && !queue) throw runInProgress(pipeline.name)
    if (this.queued >= mostQueued) throw queueFull()
    const job: Open = {
      id: `job-${randomBytes(6).toString('hex')}`,
      pipeline,
      request,
      by,
      asked: this.#host.now().toISOString(),
      state: 'queued',
      run: undefined,
      cancelled: false,
      error: undefined,
      exit: undefined,
      signal: undefined,
      named: withResolvers(),
      done: withResolvers(),
    }
    this.#jobs.set(job.id, job)
    this.#forgetOld()
    this.#startWaiting()
    return job
  }

  /** Waits until the run has a name or the job ended, at most so long. A job that waits in the queue is not waited for. */
  async settled({ id }: Job, timeoutMs: number): Promise<void> {
    const job = this.#jobs.get(id)
    if (!job || job.state === 'queued') return
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<void>((done) => {
      timer = setTimeout(done, timeoutMs)
    })
    await Promise.race([job.named.promise, late])
    clearTimeout(timer)
  }

  /** Takes a job out of the queue, or asks its process to stop at its next safe point; asked again it stops at once. */
  cancel({ id }: Job): void {
    const job = this.#jobs.get(id)
    if (!job || job.state === 'ended') return
    job.cancelled = true
    if (job.state === 'queued') this.#end(job, cancelled())
    else job.child?.kill('SIGINT')
  }

  /** Lets go of what waits, stops what runs at its next safe point, and waits for its end. */
  async close(): Promise<void> {
    this.#closed = true
    for (const job of this.#of('queued')) this.cancel(job)
    const open = [...this.#of('starting'), ...this.#of('running')]
    for (const job of open) if (!job.cancelled) this.cancel(job)
    await Promise.all(open.map((job) => job.done.promise))
  }

  /** Ends what still runs without waiting: a run that is killed is taken up again by the next. */
  kill(): void {
    for (const job of this.#jobs.values()) if (job.state !== 'ended') job.child?.kill('SIGKILL')
  }

  #of(state: Job['state']): readonly Open[] {
    return [...this.#jobs.values()].filter((job) => job.state === state)
  }

  #startWaiting(): void {
    for (const job of this.#of('queued')) {
      if (this.running >= this.#atOnce) return
      const { name } = job.pipeline
      const first = this.activeOf(name)[0] === job
      if (first && this.#host.holders(name).length === 0 && !this.#asking(name))
        void this.#work(job).catch((cause: unknown) => {
          this.#host.say(`${job.id} of ${name}: ${messageOf(cause)}`)
          this.#end(job, notStarted(cause))
        })
      else if (first) this.#lookAgain()
    }
  }

  /** Another process holds a pipeline whose run waits here: nobody tells when it lets go. */
  #lookAgain(): void {
    this.#again ??= setTimeout(() => {
      this.#again = undefined
      this.#startWaiting()
    }, 1000).unref()
  }

  async #work(job: Open): Promise<void> {
    job.state = 'starting'
    const { journals } = job.pipeline
    const before = journalNames(journals)
    const { child, ended } = startChild(this.#host, runArguments(job.pipeline, job.request))
    job.child = child
    let stopped = false
    const named = findRun({ folder: journals, before, pid: child.pid ?? -1, stopped: () => stopped }).then(
      (run) => {
        if (run === undefined) return
        job.run = run
        this.#byRun.set(run, job)
        job.state = 'running'
        job.named.resolve()
      },
    )
    const end = await ended
    stopped = true
    await named
    job.exit = end.exit
    job.signal = end.signal
    const untold = end.signal !== null || end.document === undefined
    const failed = job.run === undefined || untold
    this.#end(job, failed ? (job.cancelled ? cancelled() : childFailed(end)) : undefined)
    if (untold && !job.cancelled)
      this.#host.say(`run ${job.run ?? job.id} of ${job.pipeline.name}: ${job.error!.message}`)
  }

  #end(job: Open, error: SillageError | undefined): void {
    job.state = 'ended'
    job.error = error
    job.named.resolve()
    job.done.resolve()
    this.#startWaiting()
  }

  #forgetOld(): void {
    const ended = this.#of('ended')
    for (const job of ended.slice(0, Math.max(0, ended.length - mostRemembered))) {
      this.#jobs.delete(job.id)
      if (job.run !== undefined) this.#byRun.delete(job.run)
    }
  }
}

function notStarted(cause: unknown): SillageError {
  return new SillageError({
    code: 'run_not_started',
    message: 'The process of the run could not be started or watched',
    hint: 'see the log of the server, then try again',
    cause,
  })
}

function cancelled(): SillageError {
  return new SillageError({
    code: 'cancelled',
    message: 'The run was cancelled',
    hint: 'start it again: finished steps are reused',
  })
}

function withResolvers(): PromiseWithResolvers {
  let resolve = (): void => {}
  const promise = new Promise<void>((done) => {
    resolve = done
  })
  return { promise, resolve }
}
