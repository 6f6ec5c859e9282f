import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import {
  didYouMean,
  exitCode,
  exitOf,
  isSillageError,
  messageOf,
  newRunId,
  SillageError,
  systemFailure,
} from '@sillage/base'
import { JournalWriter, lastRunId, readLines, repairJournals, type StepFacts } from '@sillage/journal'
import {
  currentVersion,
  type Known,
  martPath,
  nothingKnown,
  type RunPaths,
  readHolder,
  runPaths,
} from '@sillage/ledger'
import { dayOfPlan, type Plan, referenceSql, type Step } from '@sillage/plan'
import { sql } from '@sillage/sdk'
import { openState } from '@sillage/state'
import { Tally, type Working, worksInWorkers } from '@sillage/steps'
import { type Budget, LazyPool, splitBudget } from '@sillage/workers'
import { assertSecrets } from './assert-secrets.ts'
import { withCursors } from './cursors.ts'
import { decideHow } from './decide-how.ts'
import { deliver, takeOverDeliveries } from './deliver.ts'
import type { Preview, RunOptions, RunResult } from './options.ts'
import { preview } from './preview.ts'
import { publish } from './publish.ts'
import { pullSources } from './pull-sources.ts'
import { hashedParams, replacedMart } from './replaced-mart.ts'
import type { Run, RunFiles } from './run.ts'
import { runSteps } from './run-steps.ts'
import { runTakenUp } from './run-taken-up.ts'
import { selectSteps } from './select.ts'
import { interruptedStages } from './step-actions.ts'
import { seconds } from './step-report.ts'
import { Told } from './told.ts'

/** What a run has besides its steps. */
interface Ended {
  readonly preview?: Preview
  readonly rolledBackTo?: string
}

/** Runs a plan: stages → checks → publish → activate. Never throws for what a run can meet; the result says how it ended. */
export async function runPlan(options: RunOptions): Promise<RunResult> {
  const setting = settingOf(options)
  const { plan } = options
  const { files, budget, id, about } = setting
  mkdirSync(files.paths.temp, { recursive: true })
  await using working = await options.engine.open({
    paths: files.paths,
    run: id,
    command: options.command,
    now: options.now,
    budget,
    sample: options.sample,
    afresh: options.fullRefresh === true,
    suppressions: plan.places.suppressions,
    signal: options.signal,
    onProgress: (progress) => options.onEvent({ kind: 'step_progress', ...progress }),
  })
  const killed = removeLeftovers(files.paths)
  // Samples and backfills have a working store of their own: a run of the pipeline may go on beside them.
  if (!setting.isAside) files.state.tidy(plan.pipeline)
  await working.relations.follow(plan.steps)
  using journal = new JournalWriter(join(files.paths.journals, `${id}.jsonl`), options.now)
  const told = new Told({
    journal: (event) => {
      const line = journal.append(event)
      options.onLine?.(line)
    },
    onEvent: options.onEvent,
  })
  for (const name of killed) options.onRepaired?.(readLines(join(files.paths.journals, `${name}.jsonl`)))
  told.journal({
    event: 'run_started',
    run: id,
    pipeline: plan.pipeline,
    ...about,
    pid: process.pid,
    command: options.command,
    ...(setting.isPartial || options.dryRun || Object.keys(plan.params).length === 0
      ? {}
      : { params: hashedParams(plan) }),
    stages: setting.steps.map((step) => step.stage),
    whole: !setting.isPartial && options.dryRun !== true,
  })
  told.show({ kind: 'run_started', ...about })
  const onAbort = (): void => working.interrupt()
  options.signal.addEventListener('abort', onAbort)
  try {
    return await runWithin({ options, setting, working, told })
  } finally {
    options.signal.removeEventListener('abort', onAbort)
    rmSync(files.paths.temp, { recursive: true, force: true })
    removeTails(files.paths)
  }
}

/** What is settled before anything is opened. */
interface Setting {
  readonly id: string
  readonly started: number
  readonly files: RunFiles
  readonly steps: readonly Step[]
  readonly budget: Budget
  readonly interrupted: ReadonlySet<string>
  /** True where not all is run for its own sake: nothing is published or sent. */
  readonly isPartial: boolean
  /** True where the working store is not that of the pipeline's runs. */
  readonly isAside: boolean
  readonly about: ReturnType<typeof aboutRun>
}

function settingOf(options: RunOptions): Setting {
  const { plan } = options
  const sample = options.sample !== undefined
  const backfill = options.ending !== undefined
  const isPartial = sample || backfill || options.select !== undefined
  const paths = runPaths({ places: plan.places, pipeline: plan.pipeline, sample, backfill })
  const steps = selectSteps(plan, options.select)
  const id = newRunId(options.now(), lastRunId(paths.journals))
  return {
    id,
    started: performance.now(),
    files: { paths, state: openState(plan.places.state) },
    steps,
    budget: splitBudget({
      memoryBytes: options.memoryBytes,
      threads: options.threads,
      workers: steps.some(worksInWorkers),
    }),
    interrupted: interruptedStages(paths),
    isPartial,
    isAside: sample || backfill,
    about: aboutRun(options, { id, journals: paths.journals, isPartial }),
  }
}

function aboutRun(
  { plan, catchUp }: Pick<RunOptions, 'plan' | 'catchUp'>,
  {
    id,
    journals,
    isPartial,
  }: { readonly id: string; readonly journals: string; readonly isPartial: boolean },
) {
  const day = dayOfPlan(plan)
  const replaces = isPartial ? undefined : replacedMart(plan)
  return {
    ...day,
    ...(isPartial ? {} : runTakenUp(journals, { asOf: day.as_of, before: id })),
    ...(catchUp === undefined ? {} : { catch_up: catchUp }),
    ...(replaces === undefined ? {} : { replaces }),
  }
}

interface Within {
  readonly options: RunOptions
  readonly setting: Setting
  readonly working: Working
  readonly told: Told
}

/** The run itself, in a working store that is open. Tells how it ended. */
async function runWithin(within: Within): Promise<RunResult> {
  const { options, setting, told } = within
  let refusedBefore = 0
  const tellEnd = (
    status: 'succeeded' | 'failed' | 'interrupted',
    exit: number,
    more: Ended & Failed,
  ): RunResult => {
    const { error } = more
    const result = resultOf({ ...within, status, exit, more, refusedBefore })
    told.journal({
      event: 'run_finished',
      status,
      seconds: result.run.seconds,
      ...(error === undefined ? {} : { error }),
    })
    return result
  }
  try {
    const known = await within.working.ledger.known()
    await using pool = new LazyPool(setting.budget, options.limits)
    if (!setting.isPartial && !options.dryRun) await assertSecrets(setting.steps, options)
    const plan = options.ending ? options.plan : withCursors(options.plan, known.cursors)
    refusedBefore = assertReplayable(options.replay, { plan, known })
    const ended = await runAll({ ...within, plan, known, pool })
    const failed = told.deliveries.some((delivery) => delivery.status === 'failed')
    return failed
      ? tellEnd('failed', exitCode.failed, { ...ended, error: deliveryError(told.deliveries) })
      : tellEnd('succeeded', exitCode.ok, ended)
  } catch (error) {
    const failure = describeFailure(error, options.signal)
    return tellEnd(failure.interrupted ? 'interrupted' : 'failed', failure.exit, { error: failure.error })
  }
}

/** Sources, steps, checks; then what follows them. */
async function runAll({
  options,
  setting,
  working,
  told,
  plan: settled,
  known: found,
  pool,
}: Within & {
  readonly plan: Plan
  readonly known: Known
  readonly pool: LazyPool
}): Promise<Ended> {
  const { secret, signal } = options
  const first = runOf(settled, { options, setting, working, told })
  const asked = selectSteps(settled, options.select)
  const { plan, known, pulled } = await pullSources(asked, {
    run: first,
    known: options.fullRefresh ? unknown(found) : found,
  })
  const run = runOf(plan, { options, setting, working, told })
  if (plan !== options.plan) await working.relations.follow(plan.steps)
  const steps = selectSteps(plan, options.select)
  const note = (stage: string, text: string): void => told.show({ kind: 'note', stage, text })
  const how = decideHow({
    steps: run.steps,
    known,
    pulled: new Set(pulled.keys()),
    replay: options.replay,
    sample: options.sample !== undefined,
  })
  await runSteps(
    steps.filter((step) => step.style !== 'sink'),
    { how, known, pulled, interrupted: setting.interrupted, hands: { pool, secret, note, signal } },
    run,
  )
  return await endOf(run, steps, setting.isPartial)
}

/** What is known, for a run that makes every step whole; what fingerprints hashed says why. */
function unknown({ parts }: Known): Known {
  return { ...nothingKnown, parts }
}

function runOf(plan: Plan, { options, setting, working, told }: Within): Run {
  const steps = new Map(plan.steps.map((step) => [step.stage, step]))
  const count = (reference: string): Promise<number> =>
    working.relations.figure(sql`select count(*) from ${referenceSql(reference, steps)}`)
  return {
    id: setting.id,
    plan,
    steps,
    options,
    working,
    told,
    tally: new Tally(steps, count),
    files: setting.files,
  }
}

/** Publishes and delivers, or what stands in their place. */
async function endOf(run: Run, steps: readonly Step[], isPartial: boolean): Promise<Ended> {
  const { options } = run
  if (options.ending) await options.ending(run)
  else if (options.dryRun) return { preview: await preview(run) }
  else if (!isPartial) {
    const rolledBackTo = await publish(run)
    await takeOverDeliveries(steps, run)
    await deliver(
      steps.filter((step) => step.style === 'sink'),
      run,
    )
    return rolledBackTo === undefined ? {} : { rolledBackTo }
  }
  return {}
}

type Failed = Pick<RunResult['run'], 'error'>

function resultOf({
  options,
  setting,
  told,
  status,
  exit,
  more,
  refusedBefore,
}: Within & {
  readonly status: RunResult['run']['status']
  readonly exit: number
  readonly more: Ended & Failed
  readonly refusedBefore: number
}): RunResult {
  const { plan } = options
  const { paths } = setting.files
  const { replaces } = setting.about
  const mart = martPath(paths.marts, plan.pipeline)
  return {
    run: {
      id: setting.id,
      pipeline: plan.pipeline,
      ...dayOfPlan(plan),
      ...(replaces === undefined ? {} : { replaces }),
      status,
      seconds: seconds(setting.started),
      mart: currentVersion(paths.marts, plan.pipeline) === undefined ? null : mart,
      ...(more.rolledBackTo === undefined ? {} : { rolled_back_to: more.rolledBackTo }),
      steps: inPlanOrder(told.steps, plan.steps),
      ...replayOf(options.replay, refusedBefore, told.steps),
      checks: told.checks,
      warnings: told.warnings,
      deliveries: told.deliveries,
      ...(more.preview === undefined ? {} : { preview: more.preview }),
      ...(more.error === undefined ? {} : { error: more.error }),
    },
    exit,
  }
}

/** The first delivery that failed, by its stage; the marts are published all the same. */
function deliveryError(deliveries: RunResult['run']['deliveries']): NonNullable<RunResult['run']['error']> {
  const failed = deliveries.filter(({ status }) => status === 'failed')
  const { stage, error } = failed[0]!
  const others = failed.length > 1 ? ` (and ${failed.length - 1} more)` : ''
  return {
    code: error?.code ?? 'delivery_failed',
    message: `${error?.message ?? `"${stage}" was not delivered`}${others}; the marts are published`,
    stage,
    hint: error?.hint ?? 'run again: what was sent is not sent twice',
  }
}

/** What became of the refused rows of a replay; nothing where it did not come to them. */
function replayOf(
  stage: string | undefined,
  refused: number,
  results: readonly StepFacts[],
): Pick<RunResult['run'], 'replay'> {
  const step = results.find((one) => one.stage === stage)
  return stage === undefined || step === undefined
    ? {}
    : { replay: { stage, refused, passed: refused - step.rejected } }
}

/** A replay needs a stage that refused rows, and something that changed since: else they would be refused again. Gives how many were refused. */
function assertReplayable(
  replay: string | undefined,
  { plan, known }: { readonly plan: Plan; readonly known: Known },
): number {
  if (replay === undefined) return 0
  const step = plan.steps.find((one) => one.stage === replay)
  const before = known.steps.get(replay)
  const problem = (message: string, hint?: string): SillageError =>
    new SillageError({ code: 'replay_impossible', message, hint, exit: exitCode.failed })
  if (!step)
    throw new SillageError({
      code: 'stage_unknown',
      message: `The pipeline has no stage "${replay}"`,
      hint: didYouMean(
        replay,
        plan.steps.map((one) => one.stage),
      ),
      exit: exitCode.usage,
    })
  if (!before) throw problem(`"${replay}" never ran`, 'sillage run')
  if (before.rejected === 0) throw problem(`"${replay}" refused no rows`, 'there is nothing to replay')
  if (before.fingerprint === step.fingerprint)
    throw problem(
      `Neither the rules of "${replay}" nor what it reads changed since it refused ${before.rejected} rows`,
      'mend a rule or the source, then replay',
    )
  return before.rejected
}

/** Copies of new lines are read once. Other copies (a file in another encoding) stay: views of sources read them. */
function removeTails({ database }: RunPaths): void {
  const scratch = join(dirname(database), 'scratch')
  if (!existsSync(scratch)) return
  for (const name of readdirSync(scratch)) if (name.endsWith('.tail')) rmSync(join(scratch, name))
}

/** What a run that was killed left behind, once the lock is ours: spilled rows, and a journal without an end. Gives the names of such runs. */
function removeLeftovers({ temp, journals, databases }: RunPaths): readonly string[] {
  rmSync(temp, { recursive: true, force: true })
  mkdirSync(temp, { recursive: true })
  return repairJournals(journals, (pid) =>
    databases.some((path) => readHolder(path)?.pid === pid && pid !== process.pid),
  )
}

function describeFailure(
  error: unknown,
  signal: AbortSignal,
): {
  readonly error: NonNullable<RunResult['run']['error']>
  readonly exit: number
  readonly interrupted: boolean
} {
  if (signal.aborted)
    return {
      error: {
        code: 'interrupted',
        message: 'The run was interrupted',
        hint: 'run again: finished steps are reused',
      },
      exit: exitCode.interrupted,
      interrupted: true,
    }
  const known = isSillageError(error) ? error : systemFailure(error)
  if (!known)
    return {
      error: {
        code: 'internal',
        message: messageOf(error).split('\n')[0]!,
        hint: 'this is an error of Sillage: please report it',
      },
      exit: exitCode.internal,
      interrupted: false,
    }
  const { code, message, hint, facts } = known
  const stage = typeof facts.stage === 'string' ? { stage: facts.stage } : {}
  return {
    error: { code, message, ...stage, ...(hint === undefined ? {} : { hint }) },
    exit: exitOf(known),
    interrupted: false,
  }
}

function inPlanOrder(results: readonly StepFacts[], steps: readonly Step[]): readonly StepFacts[] {
  const order = new Map(steps.map((step, index) => [step.stage, index]))
  return [...results].sort((a, b) => order.get(a.stage)! - order.get(b.stage)!)
}
