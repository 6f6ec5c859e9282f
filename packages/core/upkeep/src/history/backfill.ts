import { type ExitCode, exitCode, ownCode, SillageError } from '@sillage/base'
import { type KnownCursor, martPath, runPaths } from '@sillage/ledger'
import type { Plan } from '@sillage/plan'
import type { RunOptions, RunResult } from '@sillage/run'
import { runPlan, withCursors } from '@sillage/run'
import type { HistoryDate } from './history-date.ts'
import { historyName } from './history-name.ts'
import { openHistory, peekHistory } from './history-store.ts'
import { historyDate } from './history-tables.ts'
import { keepHistory } from './keep-history.ts'
import { publishHistory } from './publish-history.ts'
import { PublishingPace } from './publishing-pace.ts'

export interface BackfillOptions
  extends Omit<RunOptions, 'plan' | 'select' | 'sample' | 'fullRefresh' | 'ending'> {
  /** ISO dates, in order; at least one. */
  readonly dates: readonly string[]
  readonly planFor: (asOf: string) => Promise<Plan>
  readonly onDate: (date: BackfilledDate) => void
}

/** A date of a backfill: computed, kept as the history has it, or one that could not be computed: what the history had of it stays. */
export interface BackfilledDate {
  readonly as_of: string
  readonly action: 'run' | 'reuse' | 'failed'
  /** Rows by table of the history; none where it was kept, or a dry run. */
  readonly rows: Readonly<Record<string, number>>
  readonly steps_run: number
  readonly steps_reused: number
  readonly seconds: number
  /** Why it could not be computed. */
  readonly error?: NonNullable<RunResult['run']['error']>
}

export interface BackfillResult {
  readonly pipeline: string
  readonly mart: string
  readonly dates: readonly BackfilledDate[]
  readonly published: boolean
  /** The exit code: that of the first date that could not be computed, else 0. */
  readonly exit: ExitCode
}

/**
 * Runs a pipeline as of each date, in a database beside the working one, and keeps keys, segments and scores in a history mart. Publishes
 * and sends nothing else. Dates whose fingerprint the history has are kept; each other one is a commit, and published when it is done, so that a
 * backfill that was killed goes on where it was. A date that cannot be computed is told, and the others go on. Throws what stops all of them.
 */
export async function backfill({
  dates,
  planFor,
  onDate,
  ...options
}: BackfillOptions): Promise<BackfillResult> {
  const { dryRun, command, now, signal } = options
  const stores = options.engine
  const done: BackfilledDate[] = []
  let latest: { readonly plan: Plan; readonly date: HistoryDate } | undefined
  let exit: ExitCode = exitCode.ok
  const pace = new PublishingPace()
  let published = false
  let known: ReadonlyMap<string, string> | undefined
  let cursors: ReadonlyMap<string, KnownCursor> | undefined
  for (const asOf of dates) {
    if (signal.aborted) throw interrupted()
    const asked = await planFor(asOf)
    cursors ??= (await options.engine.peek(workingPaths(asked)))?.cursors ?? new Map()
    const plan = withCursors(asked, cursors)
    const date = historyDate(plan)
    const paths = runPaths({ places: plan.places, pipeline: plan.pipeline, backfill: true })
    known ??= await (dryRun ? peekHistory : openHistory)({
      paths,
      pipeline: plan.pipeline,
      command,
      stores,
    })
    latest = { plan, date }
    const kept = known.get(asOf) === date.fingerprint
    if (kept || dryRun) {
      done.push({ as_of: asOf, action: kept ? 'reuse' : 'run', rows: {}, ...nothingRun })
    } else {
      const ended = await runDate(date, { ...options, plan })
      if (ended.exit !== exitCode.ok && exit === exitCode.ok) exit = ended.exit
      done.push(ended.date)
      if (ended.date.action === 'run' && pace.isDue(ended.date))
        published =
          pace.published(await publishHistory({ plan, latest: date, paths, command, now, stores })) ||
          published
    }
    onDate(done.at(-1)!)
  }
  const { plan, date } = latest!
  const paths = runPaths({ places: plan.places, pipeline: plan.pipeline, backfill: true })
  const isEmpty = done.every(({ action }) => action === 'failed') && known?.size === 0
  if (!dryRun && !isEmpty && (await publishHistory({ plan, latest: date, paths, command, now, stores })))
    published = true
  const mart = martPath(paths.marts, historyName(plan.pipeline))
  return { pipeline: plan.pipeline, mart, dates: done, published, exit }
}

function workingPaths({ places, pipeline }: Pick<Plan, 'places' | 'pipeline'>): ReturnType<typeof runPaths> {
  return runPaths({ places, pipeline })
}

const nothingRun = { steps_run: 0, steps_reused: 0, seconds: 0 }

/** Throws what would stop every other date too. */
async function runDate(
  date: HistoryDate,
  options: RunOptions,
): Promise<{ readonly date: BackfilledDate; readonly exit: ExitCode }> {
  let rows: Readonly<Record<string, number>> = {}
  const { run, exit } = await runPlan({
    ...options,
    ending: async (ended) => {
      rows = await keepHistory(date, ended, options.now())
    },
  })
  const isOwn = exit === exitCode.failed || exit === exitCode.tooManyRejects
  if (run.error && !isOwn) throw dateFailed({ asOf: date.asOf, error: run.error, exit })
  const count = (action: 'run' | 'reuse'): number => run.steps.filter((step) => step.action === action).length
  const told: BackfilledDate = {
    as_of: date.asOf,
    action: run.error ? 'failed' : 'run',
    rows,
    steps_run: count('run'),
    steps_reused: count('reuse'),
    seconds: run.seconds,
    ...(run.error ? { error: run.error } : {}),
  }
  return { date: told, exit: exit as ExitCode }
}

function dateFailed({
  asOf,
  error: { code, message, hint },
  exit,
}: {
  readonly asOf: string
  readonly error: NonNullable<RunResult['run']['error']>
  readonly exit: number
}): SillageError {
  if (code === 'interrupted') return interrupted()
  return new SillageError({
    code: ownCode(code),
    message: `As of ${asOf}: ${message}`,
    hint,
    exit: exit as ExitCode,
    facts: { as_of: asOf },
  })
}

function interrupted(): SillageError {
  return new SillageError({
    code: 'interrupted',
    message: 'The backfill was interrupted',
    hint: 'run it again: finished dates are kept',
    exit: exitCode.interrupted,
  })
}
