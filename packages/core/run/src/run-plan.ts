import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { exitCode } from '@sillage/base'
import { JournalWriter, readLines } from '@sillage/journal'
import { type Known, nothingKnown } from '@sillage/ledger'
import { type Plan, referenceSql, type Step } from '@sillage/plan'
import { sql } from '@sillage/sdk'
import { Tally, type Working } from '@sillage/steps'
import { LazyPool } from '@sillage/workers'
import { assertReplayable } from './assert-replayable.ts'
import { assertSecrets } from './assert-secrets.ts'
import { withCursors } from './cursors.ts'
import { decideHow } from './decide-how.ts'
import { deliver, takeOverDeliveries } from './deliver.ts'
import { removeLeftovers, removeTails } from './leftovers.ts'
import type { RunOptions, RunResult } from './options.ts'
import { preview } from './preview.ts'
import { publish } from './publish.ts'
import { pullSources } from './pull-sources.ts'
import { hashedParams } from './replaced-mart.ts'
import type { Run } from './run.ts'
import { deliveryError, describeFailure, type Ended, type Failed, resultOf } from './run-result.ts'
import { runSteps } from './run-steps.ts'
import { selectSteps } from './select.ts'
import { type Setting, settingOf } from './setting.ts'
import { Told } from './told.ts'

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
