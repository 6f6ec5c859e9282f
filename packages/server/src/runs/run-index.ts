import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { type RunSummary, readLines, summarise } from '@sillage/journal'
import type { Host, ServedPipeline } from '../host.ts'
import type { Job } from '../jobs/job.ts'
import type { Jobs } from '../jobs/jobs.ts'

/** A run as the API tells it: what its journal says, and what the server knows of its process. */
export interface RunDocument extends RunSummary {
  readonly job?: string
  readonly cancelled?: boolean
  /** How its process ended, where the server started it and it has ended. */
  readonly process?: { readonly exit: number | null; readonly signal: NodeJS.Signals | null }
}

interface Known {
  readonly bytes: number
  readonly mtimeMs: number
  readonly run: RunSummary | undefined
}

/** The runs of the journals. A journal is read again only when it grew. */
export class RunIndex {
  readonly #host: Host
  readonly #jobs: Jobs
  readonly #known = new Map<string, Known>()

  constructor(host: Host, jobs: Jobs) {
    this.#host = host
    this.#jobs = jobs
  }

  /** Runs of a pipeline, newest first. */
  of({ name, journals }: ServedPipeline): readonly RunDocument[] {
    const summaries = namesIn(journals).flatMap((file) => this.#read(join(journals, file)) ?? [])
    const holder = summaries.some(({ status }) => status === 'running') ? this.#host.holder(name) : undefined
    return summaries.map((run) => this.#describe(run, holder))
  }

  /** One run of a pipeline, by its name. */
  find({ name, journals }: ServedPipeline, run: string): RunDocument | undefined {
    const summary = this.#read(join(journals, `${run}.jsonl`))
    if (!summary) return undefined
    return this.#describe(summary, summary.status === 'running' ? this.#host.holder(name) : undefined)
  }

  #read(path: string): RunSummary | undefined {
    const stat = statSync(path, { throwIfNoEntry: false })
    if (!stat) {
      this.#known.delete(path)
      return undefined
    }
    const known = this.#known.get(path)
    if (known && known.bytes === stat.size && known.mtimeMs === stat.mtimeMs) return known.run
    const run = summaryOf(path)
    this.#known.set(path, { bytes: stat.size, mtimeMs: stat.mtimeMs, run })
    return run
  }

  #describe(run: RunSummary, holder: number | undefined): RunDocument {
    const job = this.#jobs.ofRun(run.run)
    const document = { ...run, ...(job === undefined ? {} : aboutJob(job)) }
    if (run.status !== 'running') return document
    if (job ? job.state !== 'ended' : holder === run.pid) return document
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

/** Undefined also where the journal went meanwhile, or is none. */
function summaryOf(path: string): RunSummary | undefined {
  try {
    return summarise(readLines(path))
  } catch {
    return undefined
  }
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith('.jsonl'))
      .sort()
      .reverse()
  } catch {
    return []
  }
}
