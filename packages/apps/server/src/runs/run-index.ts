import type { RunSummary } from '@sillage/journal'
import type { Host, ServedPipeline } from '../host.ts'
import type { Job } from '../jobs/job.ts'
import type { Jobs } from '../jobs/jobs.ts'
import { JournalFolder } from './journal-folder.ts'
import type { RunTotals } from './run-totals.ts'

/** A run as the API tells it: what its journal says, and what the server knows of its process. */
export interface RunDocument extends RunSummary {
  readonly job?: string
  readonly cancelled?: boolean
  /** How its process ended, where the server started it and it has ended. */
  readonly process?: { readonly exit: number | null; readonly signal: NodeJS.Signals | null }
}

/** The runs of the journals. A journal is read again only when it grew. */
export class RunIndex {
  readonly #host: Host
  readonly #jobs: Jobs
  readonly #folders = new Map<string, JournalFolder>()
  /** By folder and run: those without an end, as they were counted last. */
  readonly #open = new Map<string, Map<string, RunDocument>>()

  constructor(host: Host, jobs: Jobs) {
    this.#host = host
    this.#jobs = jobs
  }

  /** Runs of a pipeline, newest first. */
  of(pipeline: ServedPipeline): readonly RunDocument[] {
    return this.#described(pipeline, this.#folder(pipeline).runs())
  }

  /** One run of a pipeline, by its name. */
  find(pipeline: ServedPipeline, run: string): RunDocument | undefined {
    const summary = this.#folder(pipeline).run(run)
    return summary && this.#described(pipeline, [summary])[0]
  }

  /** What the runs of a pipeline add up to now, those that go on among them. What was counted once stays, whatever becomes of its journal. */
  totals(pipeline: ServedPipeline): RunTotals {
    const { ended, open } = this.#folder(pipeline).counted()
    const totals = ended.copy()
    const described = this.#described(pipeline, open)
    for (const run of described) totals.add(run)
    for (const run of this.#unfinished(pipeline, described)) totals.add(run)
    return totals
  }

  /** Runs that were counted before they had an end and whose journals are gone since. */
  #unfinished(pipeline: ServedPipeline, open: readonly RunDocument[]): readonly RunDocument[] {
    const folder = this.#folder(pipeline)
    const known = this.#open.get(pipeline.journals) ?? new Map<string, RunDocument>()
    this.#open.set(pipeline.journals, known)
    for (const run of open) known.set(run.run, run)
    const current = new Set(open.map(({ run }) => run))
    for (const run of known.keys()) if (folder.isCounted(run)) known.delete(run)
    return [...known.values()]
      .filter(({ run }) => !current.has(run))
      .map((run) => ({ ...run, status: run.status === 'running' ? 'interrupted' : run.status }))
  }

  #folder({ journals }: ServedPipeline): JournalFolder {
    const folder = this.#folders.get(journals) ?? new JournalFolder(journals)
    this.#folders.set(journals, folder)
    return folder
  }

  #described({ name }: ServedPipeline, runs: readonly RunSummary[]): readonly RunDocument[] {
    const holders = runs.some(({ status }) => status === 'running') ? this.#host.holders(name) : []
    return runs.map((run) => this.#describe(run, holders))
  }

  #describe(run: RunSummary, holders: readonly number[]): RunDocument {
    const job = this.#jobs.ofRun(run.run)
    const document = { ...run, ...(job === undefined ? {} : aboutJob(job)) }
    if (run.status !== 'running') return document
    if (job ? job.state !== 'ended' : holders.includes(run.pid)) return document
    const { code, message, hint } = job?.error ?? {
      code: 'interrupted',
      message: 'The process of the run is gone',
      hint: 'run again: finished steps are reused',
    }
    const stage = run.current
    return {
      ...document,
      status: 'interrupted',
      current: undefined,
      error: {
        code,
        message,
        ...(stage === undefined ? {} : { stage }),
        ...(hint === undefined ? {} : { hint }),
      },
    }
  }
}

function aboutJob({ id, cancelled, state, exit, signal }: Job): Partial<RunDocument> {
  return {
    job: id,
    ...(cancelled ? { cancelled } : {}),
    ...(state === 'ended' ? { process: { exit: exit ?? null, signal: signal ?? null } } : {}),
  }
}
