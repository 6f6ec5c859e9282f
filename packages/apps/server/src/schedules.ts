import { isSillageError } from '@sillage/base'
import type { CatchUp } from '@sillage/journal'
import { type Due, parseSchedule, type Timetable } from '@sillage/scheduler'
import type { Host, ServedPipeline } from './host.ts'
import type { Jobs } from './jobs/jobs.ts'
import type { Turns } from './jobs/turns.ts'
import type { RunIndex } from './runs/run-index.ts'

/** What became of the schedule of a pipeline since the server started. */
export interface ScheduleDocument {
  readonly schedule: string
  /** ISO, UTC; null where the schedule cannot be read. */
  readonly next: string | null
  readonly problem?: string
  readonly started: number
  /** Left out since a run went on, or waited. */
  readonly skipped: number
  /** Came while the server or the machine did not run. */
  readonly missed: number
  readonly last_missed?: string
  /** Runs that made up for times that were missed: one for all of a row. */
  readonly caught_up: number
}

type Counts = {
  started: number
  skipped: number
  missed: number
  last_missed?: string
  caught_up: number
}

const everyMs = 15_000

/**
 * Starts what is due. While a run of a pipeline goes on, a time that comes is left out and told. Times that were missed are told; where the
 * pipeline says `catch_up: once`, one run makes up for all of them.
 */
export class Schedules {
  readonly #host: Host
  readonly #jobs: Jobs
  readonly #runs: RunIndex
  readonly #turns: Turns
  readonly #table: Timetable
  readonly #pipelines: () => Promise<readonly ServedPipeline[]>
  readonly #counts = new Map<string, Counts>()
  readonly #invalid = new Map<string, string>()
  readonly #edited = new Set<string>()
  #timer: NodeJS.Timeout | undefined

  constructor({
    host,
    jobs,
    runs,
    turns,
    table,
    pipelines,
  }: {
    readonly host: Host
    readonly jobs: Jobs
    readonly runs: RunIndex
    readonly turns: Turns
    readonly table: Timetable
    readonly pipelines: () => Promise<readonly ServedPipeline[]>
  }) {
    this.#host = host
    this.#jobs = jobs
    this.#runs = runs
    this.#turns = turns
    this.#table = table
    this.#pipelines = pipelines
  }

  async start(): Promise<void> {
    await this.tick()
    this.#timer = setInterval(() => void this.tick().catch((error: unknown) => this.#tell(error)), everyMs)
  }

  close(): void {
    clearInterval(this.#timer)
  }

  /** Looks at the clock: reads the schedules as they stand in the files now, and starts what came since it looked before. */
  async tick(): Promise<void> {
    const pipelines = await this.#pipelines()
    const now = this.#host.now()
    this.#enter(pipelines, now)
    const came = this.#table.take(now)
    for (const name of new Set(came.map((one) => one.name))) {
      const times = came.filter((one) => one.name === name)
      const pipeline = pipelines.find((one) => one.name === name)!
      const counts = this.#countsOf(name)
      const catchUp = await this.#missed(pipeline, counts, times)
      const due = times.find(({ kind }) => kind === 'due')
      if (!due && !catchUp) continue
      await this.#turns.settled(name)
      this.#begin(pipeline, counts, { time: due?.at.toISOString(), catchUp })
    }
  }

  /** Counts and tells the times that were missed; gives them where a run shall make up for them. */
  async #missed(
    pipeline: ServedPipeline,
    counts: Counts,
    times: readonly Due[],
  ): Promise<CatchUp | undefined> {
    const missed = times.find(({ kind }) => kind === 'missed')
    if (!missed) return undefined
    const last = missed.at.toISOString()
    counts.missed += missed.times
    counts.last_missed = last
    const once = (await this.#host.catchUp(pipeline)) === 'once'
    this.#host.say(
      `${pipeline.name}: ${missed.times === 1 ? 'a scheduled run was' : `${missed.times} scheduled runs were`} missed, the last at ${last}${once ? '; one run makes up for it' : ''}`,
    )
    return once ? { times: missed.times, last } : undefined
  }

  /** Of a pipeline; undefined where it has no schedule. */
  of({ name, schedule }: ServedPipeline): ScheduleDocument | undefined {
    if (schedule === undefined) return undefined
    const problem = this.#invalid.get(name)
    return {
      schedule,
      next: this.#table.next(name, this.#host.now())?.toISOString() ?? null,
      ...(problem === undefined ? {} : { problem }),
      ...this.#countsOf(name),
    }
  }

  /** A run that makes up for missed times waits for one that goes on; one that is only due is left out then. */
  #begin(
    pipeline: ServedPipeline,
    counts: Counts,
    { time, catchUp }: { readonly time: string | undefined; readonly catchUp: CatchUp | undefined },
  ): void {
    const { name } = pipeline
    const waits = this.#jobs.activeOf(name).some(({ by, state }) => by === 'schedule' && state === 'queued')
    if (catchUp && waits) return
    try {
      const request = catchUp ? { catch_up: catchUp } : {}
      this.#jobs.start(pipeline, request, { queue: catchUp !== undefined, by: 'schedule' })
      counts.started += 1
      if (catchUp) counts.caught_up += 1
      this.#host.say(
        time === undefined
          ? `${name}: started to make up for what was missed`
          : `${name}: started as scheduled for ${time}`,
      )
    } catch (error) {
      if (!isSillageError(error)) throw error
      counts.skipped += 1
      this.#host.say(`${name}: the run scheduled for ${time ?? catchUp?.last} is left out: ${error.message}`)
    }
  }

  /** A pipeline that is new here: what came since its last whole run that was not killed, it missed. One whose schedule was edited begins anew. */
  #enter(pipelines: readonly ServedPipeline[], now: Date): void {
    this.#table.keep(
      new Set(pipelines.flatMap(({ name, schedule }) => (schedule === undefined ? [] : [name]))),
    )
    for (const pipeline of pipelines) {
      const { name, schedule: text } = pipeline
      if (text === undefined) continue
      const parsed = parseSchedule(text)
      if ('problem' in parsed) {
        if (this.#invalid.get(name) !== parsed.problem)
          this.#host.say(`${name}: the schedule "${text}" is not acted on: ${parsed.problem}`)
        this.#invalid.set(name, parsed.problem)
        continue
      }
      this.#invalid.delete(name)
      const last = this.#edited.has(name) ? undefined : this.#lastStart(pipeline)
      this.#edited.add(name)
      this.#table.set(name, parsed.schedule, last === undefined ? now : new Date(last))
    }
  }

  /** When the last whole run began that came to an end or goes on: the time of one that was killed was missed, where one before it is known. */
  #lastStart(pipeline: ServedPipeline): string | undefined {
    const runs = this.#runs.of(pipeline).filter(({ whole }) => whole)
    const last = runs.find(({ finished, status }) => finished !== undefined || status === 'running')
    return (last ?? runs[0])?.started
  }

  #countsOf(name: string): Counts {
    const counts = this.#counts.get(name) ?? { started: 0, skipped: 0, missed: 0, caught_up: 0 }
    this.#counts.set(name, counts)
    return counts
  }

  #tell(error: unknown): void {
    this.#host.say(`schedules: ${error instanceof Error ? error.message : String(error)}`)
  }
}
