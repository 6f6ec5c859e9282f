import { isSillageError } from '@sillage/base'
import { parseSchedule, type Timetable } from '@sillage/scheduler'
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
}

type Counts = { started: number; skipped: number; missed: number; last_missed?: string }

const everyMs = 15_000

/** Starts what is due. While a run of a pipeline goes on, a time that comes is left out and told; a time that was missed is told, and not made up for. */
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
    for (const { name, kind, at, times } of this.#table.take(now)) {
      const pipeline = pipelines.find((one) => one.name === name)!
      const counts = this.#countsOf(name)
      const time = at.toISOString()
      if (kind === 'missed') {
        counts.missed += times
        counts.last_missed = time
        this.#host.say(
          `${name}: ${times === 1 ? 'a scheduled run was' : `${times} scheduled runs were`} missed, the last at ${time}`,
        )
      } else {
        await this.#turns.settled(name)
        this.#begin(pipeline, counts, time)
      }
    }
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

  #begin(pipeline: ServedPipeline, counts: Counts, time: string): void {
    const { name } = pipeline
    try {
      this.#jobs.start(pipeline, {}, { queue: false, by: 'schedule' })
      counts.started += 1
      this.#host.say(`${name}: started as scheduled for ${time}`)
    } catch (error) {
      if (!isSillageError(error)) throw error
      counts.skipped += 1
      this.#host.say(`${name}: the run scheduled for ${time} is left out: ${error.message}`)
    }
  }

  /** A pipeline that is new here: what came since its last run, it missed. One whose schedule was edited begins anew. */
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
      const last = this.#edited.has(name) ? undefined : this.#runs.last(pipeline)?.started
      this.#edited.add(name)
      this.#table.set(name, parsed.schedule, last === undefined ? now : new Date(last))
    }
  }

  #countsOf(name: string): Counts {
    const counts = this.#counts.get(name) ?? { started: 0, skipped: 0, missed: 0 }
    this.#counts.set(name, counts)
    return counts
  }

  #tell(error: unknown): void {
    this.#host.say(`schedules: ${error instanceof Error ? error.message : String(error)}`)
  }
}
