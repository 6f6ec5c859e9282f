import { messageOf } from '@sillage/base'
import { Inbox } from '@sillage/inbox'
import { Timetable } from '@sillage/scheduler'
import { pipelineUnknown, runUnknown } from './failures.ts'
import type { Host, ServedPipeline } from './host.ts'
import type { Job } from './jobs/job.ts'
import { Jobs } from './jobs/jobs.ts'
import { Turns } from './jobs/turns.ts'
import { Plans } from './plans.ts'
import { Changes } from './published/changes.ts'
import { Marts } from './published/marts.ts'
import { Reader } from './reader/reader.ts'
import { EventStreams } from './runs/event-streams.ts'
import { type RunDocument, RunIndex } from './runs/run-index.ts'
import { Schedules } from './schedules.ts'
import { withoutPlaces } from './without-places.ts'

const listedMs = 1000
const graceMs = 5 * 60_000

/** What the routes work with. */
export class Services {
  readonly host: Host
  readonly jobs: Jobs
  readonly turns: Turns
  readonly runs: RunIndex
  readonly streams = new EventStreams()
  readonly reader: Reader
  readonly marts: Marts
  readonly plans: Plans
  readonly changes: Changes
  readonly schedules: Schedules
  /** Absent where the project has no forms. It is closed after the last answer. */
  readonly inbox: Inbox | undefined
  /** Leaves the folders of the machine out of what is told. */
  readonly clean: <T>(value: T) => T
  #found: readonly ServedPipeline[] | undefined
  #listed: { readonly at: number; readonly pipelines: Promise<readonly ServedPipeline[]> } | undefined

  /** Throws `inbox_busy`. */
  static async open(host: Host, { atOnce }: { readonly atOnce: number }): Promise<Services> {
    const { inbox, now } = host
    return new Services(host, atOnce, inbox && (await Inbox.open({ ...inbox, now })))
  }

  private constructor(host: Host, atOnce: number, inbox: Inbox | undefined) {
    this.host = host
    this.inbox = inbox
    this.clean = withoutPlaces([host.folder, ...host.hidden])
    this.turns = new Turns((name) => this.jobs.isWorking(name))
    this.jobs = new Jobs(host, { atOnce, asking: (name) => this.turns.asking(name) })
    this.runs = new RunIndex(host, this.jobs)
    this.reader = new Reader({ temp: host.temp, say: host.say })
    this.marts = new Marts(this.reader)
    this.plans = new Plans(host, this.turns)
    this.changes = new Changes(host)
    this.schedules = new Schedules({
      host,
      jobs: this.jobs,
      runs: this.runs,
      turns: this.turns,
      table: new Timetable({ graceMs }),
      pipelines: () => this.pipelines(),
    })
  }

  /** The pipelines of the project; looked for again after a second. Where looking fails, those that were found before. */
  async pipelines(): Promise<readonly ServedPipeline[]> {
    const now = performance.now()
    const before = this.#found
    if (!this.#listed || now - this.#listed.at > listedMs) {
      const pipelines = this.host.pipelines().then(
        (found) => (this.#found = found),
        (error: unknown) => {
          this.host.say(`the pipelines cannot be read: ${messageOf(error)}`)
          if (before) return before
          throw error
        },
      )
      this.#listed = { at: now, pipelines }
    }
    return await this.#listed.pipelines
  }

  /** Throws `pipeline_unknown`. */
  async pipeline(name: string): Promise<ServedPipeline> {
    const all = await this.pipelines()
    const found = all.find((one) => one.name === name)
    if (!found)
      throw pipelineUnknown(
        name,
        all.map((one) => one.name),
      )
    return found
  }

  /** A run by its name or by that of its job. Throws `run_unknown`. */
  async run(id: string): Promise<{ readonly run: RunDocument | undefined; readonly job: Job | undefined }> {
    const job = this.jobs.find(id)
    const name = job ? job.run : id
    if (name !== undefined)
      for (const pipeline of await this.pipelines()) {
        const run = this.runs.find(pipeline, name)
        if (run) return { run, job: job ?? this.jobs.ofRun(name) }
      }
    if (!job) throw runUnknown(id)
    return { run: undefined, job }
  }

  async close(): Promise<void> {
    this.schedules.close()
    this.streams.close()
    await Promise.all([this.jobs.close(), this.reader.close()])
  }
}
