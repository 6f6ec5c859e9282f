import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { exitCode, faultPoint, SillageError } from '@sillage/base'
import { relationOf, type Step } from '@sillage/plan'
import type { Sql } from '@sillage/sdk'
import {
  type CurrentStep,
  recordCheck,
  recordCurrent,
  recordParts,
  recordRejects,
  recordSegment,
  recordStep,
  rejectsOf,
  type Segment,
  type StepCounts,
} from '@sillage/store'
import { findAppending, isByKey, type Narrowed, nextRow } from './appending.ts'
import { keyChecks, runCheck } from './checks.ts'
import type { RunContext } from './context.ts'
import { appendSource, runSource } from './drivers/source.ts'
import { appendSql, countOutputs, regroup, runSql } from './drivers/sql.ts'
import { fusedSteps } from './fused.ts'
import { assertNoneRefused, countReasons } from './refused.ts'
import { createViews, referenceSql, relationSql, stepTable } from './relations.ts'
import { rowsRead } from './rows-read.ts'
import { inStage, report, seconds } from './step-report.ts'
import { blameFused, createView, settleView } from './views.ts'

/** Runs the steps in order. Views cost nothing until a stored step reads them; each stored step is one commit. */
export async function runSteps(steps: readonly Step[], context: RunContext): Promise<void> {
  const changed = new Set<string>()
  for (const step of steps) {
    context.options.signal.throwIfAborted()
    if (step.stored === undefined) await createView(step, context)
    else await runStored(step, context, changed)
  }
  for (const step of steps) if (step.stored === undefined) await settleView(step, context, changed)
  faultPoint('views.after_commit')
  if (context.options.sample === undefined) keepSources(steps, context)
}

/** Leaves what the sources were, so that the next plan can see what is new in them. */
function keepSources(steps: readonly Step[], { paths, state, plan, run }: RunContext): void {
  const sources = steps.filter((step) => step.style === 'source')
  const last = new Map(
    [...state.read('columns', plan.pipeline)].map(({ stage, columns }) => [stage, JSON.stringify(columns)]),
  )
  const columns = sources.map((step) => ({
    stage: step.stage,
    columns: step.columns.map(({ name, type }) => ({ name, type })),
  }))
  const changed = columns.filter((one) => last.get(one.stage) !== JSON.stringify(one.columns))
  state.append({ kind: 'columns', pipeline: plan.pipeline, run, records: changed })
  const known = Object.fromEntries(
    sources.map(({ stage, fingerprint, parts }) => [stage, { fingerprint, parts }]),
  )
  const text = JSON.stringify(known)
  if (existsSync(paths.sources) && readFileSync(paths.sources, 'utf8') === text) return
  writeFileSync(`${paths.sources}.next`, text)
  renameSync(`${paths.sources}.next`, paths.sources)
}

async function runStored(step: Step, context: RunContext, changed: Set<string>): Promise<void> {
  const { known, options, session, run } = context
  const before = known.get(step.stage)
  const pulled = context.pulled.get(step.stage)
  const started = pulled?.started ?? performance.now()
  const fused = fusedSteps(step, context)
  if (!pulled) start(step, fused, context)
  try {
    const reusable =
      before?.fingerprint === step.fingerprint && (pulled !== undefined || options.sample === undefined)
    const unchanged = reusable && pulled?.rowsCame !== true
    const counts = reusable ? before : await execute(step, context)
    faultPoint('step.after_commit')
    assertNoneRefused(step, counts)
    if (!unchanged) changed.add(step.stage)
    context.rows.set(step.stage, counts.rows_out)
    if (reusable && step.style === 'sql') await countOutputs(step, context)
    if (reusable && counts.rows_in !== null) await rowsRead({ step, total: counts.rows_in, context })
    const current: CurrentStep = {
      stage: step.stage,
      fingerprint: step.fingerprint,
      run: reusable ? before.run : run,
      rows_in: counts.rows_in,
      rows_out: counts.rows_out,
      rejected: counts.rejected,
      merged: counts.merged,
      filtered: counts.filtered,
      seconds: seconds(started),
    }
    const action = unchanged ? 'reuse' : context.interrupted.has(step.stage) ? 'resume' : 'run'
    await recordStep(session, { ...current, run, plugin: step.plugin, action })
    report({ step, counts, action, seconds: current.seconds, context })
    await runChecks(step, counts, context)
  } catch (error) {
    throw inStage(
      step.stage,
      options.signal.aborted ? error : await blameFused({ error, step, fused, context }),
    )
  }
}

/** Tells that a step begins. */
export function start(step: Step, fused: readonly Step[], { options, journal }: RunContext): void {
  const { stage, plugin } = step
  options.onEvent({ kind: 'step_started', stage, plugin, fused: fused.map((one) => one.stage) })
  journal({ event: 'step_started', stage, plugin })
}

/** Data, counts, reasons and ledger of a step commit together. */
async function execute(step: Step, context: RunContext): Promise<StepCounts> {
  const { session, run, options } = context
  const stopWatching = watch(step, context)
  const started = performance.now()
  try {
    const work = await workOf(step, context)
    return await session.transaction(async () => {
      const { counts, segments, replace } = await work()
      if (counts.rows_in !== null) await rowsRead({ step, total: counts.rows_in, context })
      const columns = await session.rows<{ column_name: string; column_type: string }>(
        `describe ${stepTable(step.stage).text}`,
      )
      await createViews({
        session,
        step,
        stored: columns.map((column) => ({ name: column.column_name, type: column.column_type })),
        numbering: refusedByScan(step, context),
      })
      assertNoneRefused(step, counts)
      if (step.rejects.length > 0 || step.style !== 'source') {
        const rejects = counts.rejected > 0 ? await countReasons(session, step) : []
        const unread = step.style === 'source' ? await rejectsOf(session, step.stage) : []
        await recordRejects(session, { run, stage: step.stage, rejects: [...rejects, ...unread] })
      }
      for (const one of [step, ...fusedSteps(step, context)])
        await recordParts(session, { ...one, parts: JSON.stringify(one.parts) })
      for (const [index, segment] of segments.entries())
        await recordSegment(
          session,
          { ...segment, stage: step.stage },
          { replace: replace && index === 0, at: options.now() },
        )
      await recordCurrent(session, {
        ...counts,
        stage: step.stage,
        fingerprint: step.fingerprint,
        run,
        seconds: seconds(started),
      })
      faultPoint('step.before_commit')
      return counts
    })
  } finally {
    stopWatching()
  }
}

/** What the transaction of a step does: counts and segments of the table that it leaves. */
type Work = () => Promise<{
  readonly counts: StepCounts
  readonly segments: readonly Omit<Segment, 'stage'>[]
  /** Whether the segments stand for all of the table. */
  readonly replace: boolean
}>

/** A step runs whole, appends what is new, or replays what it refused. */
async function workOf(step: Step, context: RunContext): Promise<Work> {
  const { run, known, options } = context
  const { stage, fingerprint } = step
  if (options.replay === stage) {
    const { replay } = await import('./drivers/replay.ts')
    return async () => {
      const { counts, segments } = await replay(step, context)
      return { counts, segments, replace: true }
    }
  }
  const narrowed = await findAppending(step, context)
  if (narrowed && isByKey(step))
    return async () => {
      const counts = (await regroup(step, context, narrowed)) ?? (await (await prepare(step, context))())
      const rows = await nextRow(stage, context)
      return { counts, segments: [{ fingerprint, first_row: 0, rows, run }], replace: true }
    }
  const prepared = narrowed ? await append(step, context, narrowed) : await prepare(step, context)
  return async () => {
    const first_row = narrowed ? await nextRow(stage, context) : 0
    const made = await prepared()
    const rows = (await nextRow(stage, context)) - first_row
    return {
      counts: narrowed ? sum(known.get(stage)!, made) : made,
      segments: [{ fingerprint, first_row, rows, run }],
      replace: !narrowed,
    }
  }
}

function sum(a: StepCounts, b: StepCounts): StepCounts {
  return {
    rows_in: a.rows_in === null || b.rows_in === null ? null : a.rows_in + b.rows_in,
    rows_out: a.rows_out + b.rows_out,
    rejected: a.rejected + b.rejected,
    merged: a.merged + b.merged,
    filtered: a.filtered + b.filtered,
  }
}

/** The lines that the scan refused which a step reads directly. */
function refusedByScan(step: Step, { steps }: RunContext): Sql | undefined {
  const references = Object.values(step.inputs).flat()
  const source = references.length === 1 ? steps.get(references[0]!) : undefined
  return source?.style === 'source' && source.refused !== undefined
    ? stepTable(source.stage, 'refused')
    : undefined
}

/** Loads what a run without new rows can do without (Arrow) only where it is used. What must happen outside the step's transaction, then the work inside it. */
async function prepare(step: Step, context: RunContext): Promise<() => Promise<StepCounts>> {
  switch (step.style) {
    case 'source':
      return runSource(step, context)
    case 'sql':
      return runSql(step, context)
    case 'batch':
      return (await import('./drivers/batch.ts')).runBatch(step, context)
    case 'model':
      return (await import('./drivers/model.ts')).runModel(step, context)
    case 'sink':
      throw new Error('sinks run after publishing')
  }
}

/** As `prepare`, for a step that adds what is new; its counts are those of the new rows. */
async function append(
  step: Step,
  context: RunContext,
  narrowed: readonly Narrowed[],
): Promise<() => Promise<StepCounts>> {
  switch (step.style) {
    case 'source':
      return appendSource(step, context, narrowed)
    case 'sql':
      return appendSql(step, context, narrowed)
    case 'batch':
      return (await import('./drivers/batch.ts')).appendBatch(step, context, narrowed)
    default:
      throw new Error(`a ${step.style} step runs whole`)
  }
}

async function runChecks(step: Step, counts: StepCounts, context: RunContext): Promise<void> {
  const { session, plan, steps, run, options } = context
  const own = step.expect.map((check) => ({ check, output: undefined }))
  const keys = plan.marts
    .filter((mart) => mart.from.stage === step.stage)
    .flatMap((mart) => keyChecks(mart).map((check) => ({ check, output: mart.from.output })))
  const failed: string[] = []
  let tooMany = false
  for (const { check, output } of [...own, ...keys]) {
    const record = await runCheck(check, {
      session,
      stage: step.stage,
      relation: relationSql(relationOf(step.kind, step.stage, output)),
      counts,
      relationOfStage: (stage) => referenceSql(stage, steps),
    })
    context.checks.push(record)
    await recordCheck(session, run, record)
    context.journal({ event: 'check_finished', ...record })
    options.onEvent({ kind: 'check_finished', check: record })
    if (record.status === 'fail') failed.push(record.check)
    if (record.status === 'fail' && check.kind === 'rejected') tooMany = true
  }
  if (failed.length > 0) throw checksFailed({ step, failed, tooMany })
}

const watchMs = 250

/** Tells how far DuckDB is, while a step runs. */
function watch(step: Step, { session, options }: RunContext): () => void {
  const timer = setInterval(() => {
    const { percentage } = session.connection.progress
    options.onEvent({
      kind: 'step_progress',
      stage: step.stage,
      ...(percentage > 0 ? { fraction: percentage / 100 } : {}),
    })
  }, watchMs)
  timer.unref()
  return () => clearInterval(timer)
}

function checksFailed({
  step,
  failed,
  tooMany,
}: {
  readonly step: Step
  readonly failed: readonly string[]
  readonly tooMany: boolean
}): SillageError {
  return new SillageError({
    code: tooMany ? 'too_many_rejects' : 'check_failed',
    message: `${failed.length === 1 ? 'A check' : `${failed.length} checks`} of "${step.stage}" failed: ${failed.join('; ')}`,
    hint: tooMany
      ? `see why: sillage query … "select * from sillage.rejects", or sillage show reject.${step.stage}`
      : `look at the rows: sillage show … ${step.stage}`,
    exit: tooMany ? exitCode.tooManyRejects : exitCode.failed,
    facts: { stage: step.stage },
  })
}
