import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type {
  CatchUp,
  CheckFacts,
  JournalLine,
  Replaces,
  RunDay,
  RunParams,
  StepFacts,
  WarningFacts,
} from './event.ts'

/** A run as its journal tells it. `status` is `running` while no end is written: whether its process lives, the caller finds out. */
export interface RunSummary extends Partial<RunDay> {
  readonly run: string
  readonly pipeline: string
  readonly status: 'running' | 'succeeded' | 'failed' | 'interrupted' | 'cancelled'
  readonly started: string
  /** When its end was written; ISO, UTC. */
  readonly finished: string | undefined
  readonly takes_up?: { readonly run: string; readonly as_of: string | null }
  readonly catch_up?: CatchUp
  readonly params?: RunParams
  readonly replaces?: Replaces
  /** False where only a part of the pipeline ran, or nothing was published. */
  readonly whole: boolean
  readonly seconds: number | undefined
  readonly pid: number
  readonly command: string
  readonly stages: readonly string[]
  readonly current: string | undefined
  /** Stages that began and did not finish. */
  readonly unfinished: readonly string[]
  readonly steps: readonly StepFacts[]
  readonly checks: readonly CheckFacts[]
  readonly warnings: readonly WarningFacts[]
  readonly mart: string | undefined
  /** The version that a rollback showed again. */
  readonly rolledBackTo: string | undefined
  readonly error:
    | { readonly code: string; readonly message: string; readonly stage?: string; readonly hint?: string }
    | undefined
}

/** Lines of a journal, in order; a torn last line is left out. */
export function readLines(path: string): readonly JournalLine[] {
  return readFileSync(path, 'utf8')
    .split('\n')
    .flatMap((text) => {
      try {
        return text === '' ? [] : [JSON.parse(text) as JournalLine]
      } catch {
        return []
      }
    })
}

/** Folds the lines of one run; undefined where not even the start was written. */
export function summarise(lines: readonly JournalLine[]): RunSummary | undefined {
  const [first] = lines
  if (first?.event !== 'run_started') return undefined
  const end = lines.find((line) => line.event === 'run_finished')
  const published = lines.find((line) => line.event === 'published')
  const rolledBack = lines.find((line) => line.event === 'rolled_back')
  const started = lines.flatMap((line) => (line.event === 'step_started' ? [line.stage] : []))
  const steps = lines.flatMap((line) => (line.event === 'step_finished' ? [line] : []))
  const checks = lines.flatMap((line) => (line.event === 'check_finished' ? [line] : []))
  const warnings = lines.flatMap((line) => (line.event === 'warning' ? [line] : []))
  return {
    run: first.run,
    pipeline: first.pipeline,
    status: end?.status ?? 'running',
    started: first.at,
    finished: end?.at,
    ...dayOf(first),
    whole: first.whole ?? true,
    seconds: end?.seconds,
    pid: first.pid,
    command: first.command,
    stages: first.stages,
    unfinished: started.filter((stage) => !steps.some((step) => step.stage === stage)),
    current: end ? undefined : started.findLast((stage) => !steps.some((step) => step.stage === stage)),
    steps: steps.map(({ stage, plugin, action, rows_in, rows_out, rejected, merged, filtered, seconds }) => ({
      stage,
      plugin,
      action,
      rows_in,
      rows_out,
      rejected,
      merged,
      filtered,
      seconds,
    })),
    checks: checks.map(({ stage, check, status, severity, found }) => ({
      stage,
      check,
      status,
      severity,
      found,
    })),
    warnings: warnings.map(({ n: _, at: __, event: ___, ...warning }) => warning),
    mart: published?.mart ?? rolledBack?.mart,
    rolledBackTo: rolledBack?.to,
    error: end?.error,
  }
}

/** What the start of a run says of its day; journals of earlier versions say nothing. */
function dayOf({
  as_of,
  as_of_source,
  time_zone,
  takes_up,
  catch_up,
  params,
  replaces,
}: JournalLine & { readonly event: 'run_started' }): Partial<RunSummary> {
  return {
    ...(as_of === undefined ? {} : { as_of }),
    ...(as_of_source === undefined ? {} : { as_of_source }),
    ...(time_zone === undefined ? {} : { time_zone }),
    ...(takes_up === undefined ? {} : { takes_up }),
    ...(catch_up === undefined ? {} : { catch_up }),
    ...(params === undefined ? {} : { params }),
    ...(replaces === undefined ? {} : { replaces }),
  }
}

/** The last runs of a folder of journals, newest first. */
export function lastRuns(folder: string, count: number): readonly RunSummary[] {
  if (!existsSync(folder)) return []
  const files = readdirSync(folder)
    .filter((file) => file.endsWith('.jsonl'))
    .sort()
    .reverse()
  return files.slice(0, count).flatMap((file) => summarise(readLines(join(folder, file))) ?? [])
}

/** The last whole run of a folder of journals that succeeded; undefined where none is known. */
export function lastSuccess(folder: string): RunSummary | undefined {
  if (!existsSync(folder)) return undefined
  const files = readdirSync(folder)
    .filter((file) => file.endsWith('.jsonl'))
    .sort()
    .reverse()
  for (const file of files) {
    const run = summarise(readLines(join(folder, file)))
    if (run?.status === 'succeeded' && run.whole) return run
  }
  return undefined
}

/** The name of the latest run of a folder of journals; undefined where there is none. */
export function lastRunId(folder: string): string | undefined {
  if (!existsSync(folder)) return undefined
  return readdirSync(folder)
    .filter((file) => file.endsWith('.jsonl'))
    .sort()
    .at(-1)
    ?.slice(0, -'.jsonl'.length)
}
