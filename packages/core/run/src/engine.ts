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
import {
  type CheckRecord,
  currentSteps,
  currentVersion,
  knownCursors,
  knownParts,
  martPath,
  readHolder,
} from '@sillage/duckdb'
import {
  JournalWriter,
  lastRunId,
  type RunEvent,
  readLines,
  repairJournals,
  type StepFacts,
  type WarningFacts,
} from '@sillage/journal'
import { dayOfPlan, type Step } from '@sillage/plan'
import { openState } from '@sillage/state'
import { assertSecrets } from './assert-secrets.ts'
import { splitBudget } from './budget.ts'
import type { RunContext } from './context.ts'
import { withCursors } from './cursors.ts'
import { deliver, takeOverDeliveries } from './deliver.ts'
import { keepHistory } from './history/keep-history.ts'
import { LazyPool } from './lazy-pool.ts'
import { openWorking } from './open-working.ts'
import type { DeliveryResult, Preview, RunOptions, RunResult } from './options.ts'
import { type RunPaths, runPaths } from './paths.ts'
import { preview } from './preview.ts'
import { publish } from './publish.ts'
import { pullSources } from './pull-sources.ts'
import { createSchemas, dropStrangers } from './relations.ts'
import { hashedParams, replacedMart } from './replaced-mart.ts'
import { runSteps } from './run-steps.ts'
import { runTakenUp } from './run-taken-up.ts'
import { selectSteps } from './select.ts'
import { interruptedStages } from './step-actions.ts'
import { seconds } from './step-report.ts'

/** Runs a plan: stages → checks → publish → activate. Never throws for what a run can meet; the result says how it ended. */
export async function runPlan(options: RunOptions): Promise<RunResult> {
  const { plan } = options
  const sample = options.sample !== undefined
  const backfill = options.history !== undefined
  const partial = sample || backfill || options.select !== undefined
  const paths = runPaths({ places: plan.places, pipeline: plan.pipeline, sample, backfill })
  const steps = selectSteps(plan, options.select)
  const budget = splitBudget({
    memoryBytes: options.memoryBytes,
    threads: options.threads,
    workers: steps.some((step) => step.style === 'batch' || step.style === 'model'),
  })
  const interrupted = interruptedStages(paths)
  const day = dayOfPlan(plan)
  const replaces = partial ? undefined : replacedMart(plan)
  const id = newRunId(options.now(), lastRunId(paths.journals))
  const started = performance.now()
  const results: StepFacts[] = []
  const checks: CheckRecord[] = []
  const warnings: WarningFacts[] = []
  const deliveries: DeliveryResult[] = []
  let previewed: Preview | undefined
  let rolledBackTo: string | undefined
  let refusedBefore = 0
  const finish = (
    status: RunResult['run']['status'],
    exit: number,
    error?: RunResult['run']['error'],
  ): RunResult => ({
    run: {
      id,
      pipeline: plan.pipeline,
      ...day,
      ...(replaces === undefined ? {} : { replaces }),
      status,
      seconds: seconds(started),
      mart:
        currentVersion(paths.marts, plan.pipeline) === undefined
          ? null
          : martPath(paths.marts, plan.pipeline),
      ...(rolledBackTo === undefined ? {} : { rolled_back_to: rolledBackTo }),
      steps: inPlanOrder(results, plan.steps),
      ...replayOf(options.replay, refusedBefore, results),
      checks,
      warnings,
      deliveries,
      ...(previewed === undefined ? {} : { preview: previewed }),
      ...(error === undefined ? {} : { error }),
    },
    exit,
  })

  mkdirSync(paths.temp, { recursive: true })
  await using database = await openWorking(paths, { options, budget })
  const killed = removeLeftovers(paths)
  const state = openState(plan.places.state)
  // Samples and backfills have a database of their own: a run of the pipeline may go on beside them.
  if (!sample && !backfill) state.tidy(plan.pipeline)
  using session = await database.session()
  await createSchemas(session)
  await dropStrangers(session, plan.steps)
  using journal = new JournalWriter(join(paths.journals, `${id}.jsonl`), options.now)
  const tell = (event: RunEvent): void => {
    const line = journal.append(event)
    options.onLine?.(line)
  }
  const about = {
    ...day,
    ...(partial ? {} : runTakenUp(paths.journals, { asOf: day.as_of, before: id })),
    ...(options.catchUp === undefined ? {} : { catch_up: options.catchUp }),
    ...(replaces === undefined ? {} : { replaces }),
  }
  for (const name of killed) options.onRepaired?.(readLines(join(paths.journals, `${name}.jsonl`)))
  tell({
    event: 'run_started',
    run: id,
    pipeline: plan.pipeline,
    ...about,
    pid: process.pid,
    command: options.command,
    ...(partial || options.dryRun || Object.keys(plan.params).length === 0
      ? {}
      : { params: hashedParams(plan) }),
    stages: steps.map((step) => step.stage),
    whole: !partial && options.dryRun !== true,
  })
  options.onEvent({ kind: 'run_started', ...about })
  const onAbort = (): void => database.interrupt()
  options.signal.addEventListener('abort', onAbort)
  await using pool = new LazyPool(budget, options.limits)
  const settled = backfill ? plan : withCursors(plan, await knownCursors(session))
  let context: RunContext = {
    options,
    plan: settled,
    run: id,
    paths,
    budget,
    database,
    session,
    pool,
    known: options.fullRefresh ? new Map() : await currentSteps(session),
    parts: await knownParts(session),
    steps: new Map(settled.steps.map((step) => [step.stage, step])),
    interrupted,
    pulled: new Map(),
    rows: new Map(),
    state,
    journal: tell,
    results,
    checks,
    warnings,
    deliveries,
  }
  try {
    if (!partial && !options.dryRun) {
      await assertSecrets(steps, options)
    }
    refusedBefore = assertReplayable(context)
    context = await pullSources(selectSteps(settled, options.select), context)
    const ready = selectSteps(context.plan, options.select)
    await runSteps(
      ready.filter((step) => step.style !== 'sink'),
      context,
    )
    if (options.history) await keepHistory(options.history, context)
    else if (options.dryRun) previewed = await preview(context)
    else if (!partial) {
      rolledBackTo = await publish(context)
      await takeOverDeliveries(ready, context)
      await deliver(
        ready.filter((step) => step.style === 'sink'),
        context,
      )
    }
    const failedDelivery = deliveries.some((delivery) => delivery.status === 'failed')
    const result = failedDelivery
      ? finish('failed', exitCode.failed, {
          ...deliveryError(deliveries),
        })
      : finish('succeeded', exitCode.ok)
    tell({
      event: 'run_finished',
      status: result.run.status,
      seconds: result.run.seconds,
      ...(result.run.error === undefined ? {} : { error: result.run.error }),
    })
    return result
  } catch (error) {
    const failure = describeFailure(error, options.signal)
    const result = finish(failure.interrupted ? 'interrupted' : 'failed', failure.exit, failure.error)
    tell({
      event: 'run_finished',
      status: result.run.status,
      seconds: result.run.seconds,
      error: failure.error,
    })
    return result
  } finally {
    options.signal.removeEventListener('abort', onAbort)
    rmSync(paths.temp, { recursive: true, force: true })
    removeTails(paths)
  }
}

/** The first delivery that failed, by its stage; the marts are published all the same. */
function deliveryError(deliveries: readonly DeliveryResult[]): NonNullable<RunResult['run']['error']> {
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
function assertReplayable({ options: { replay }, steps, known }: RunContext): number {
  if (replay === undefined) return 0
  const step = steps.get(replay)
  const before = known.get(replay)
  const problem = (message: string, hint?: string): SillageError =>
    new SillageError({ code: 'replay_impossible', message, hint, exit: exitCode.failed })
  if (!step)
    throw new SillageError({
      code: 'stage_unknown',
      message: `The pipeline has no stage "${replay}"`,
      hint: didYouMean(replay, steps.keys()),
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
