import { rmSync } from 'node:fs'
import { isSillageError, messageOf } from '@sillage/base'
import { type DeliverPort, type DeliveryOutcome, deliverSink, takeOver } from '@sillage/deliver'
import { recordStep, type StepCounts } from '@sillage/ledger'
import type { SinkStep, Step } from '@sillage/plan'
import type { RunContext } from './context.ts'
import { olderWorking } from './open-working.ts'
import type { RunOptions } from './options.ts'
import { inStage, report, seconds } from './step-report.ts'

/** Runs the sinks after publishing. A sink that fails does not stop the others; what arrived is recorded and not sent again. */
export async function deliver(steps: readonly Step[], context: RunContext): Promise<void> {
  for (const step of steps) {
    if (step.style !== 'sink') continue
    context.options.signal.throwIfAborted()
    await deliverStep(step, context)
  }
}

/** What the version before delivered, where its working database or its receipts are there and its deliveries were not taken over. */
export async function takeOverDeliveries(steps: readonly Step[], context: RunContext): Promise<void> {
  const sinks = steps.filter((step) => step.style === 'sink')
  const [first] = sinks
  if (context.options.notSent !== undefined) return
  const older = olderWorking(context.paths)
  if (first) await takeOver(sinks, deliverPort(first, context), older)
  for (const file of [older, `${older}.wal`, `${older}.owner.json`]) rmSync(file, { force: true })
}

/** Why a sink's messages stay here; undefined where they leave, and for files, which stay anyway. */
export function reasonNotSent(step: SinkStep, { notSent }: RunOptions): string | undefined {
  return step.files.length > 0 ? undefined : notSent
}

/** What a delivery needs of a run. */
export function deliverPort(step: SinkStep, context: RunContext): DeliverPort {
  const { options, plan, run, session, state } = context
  return {
    plan,
    run,
    session,
    state,
    command: options.command,
    signal: options.signal,
    now: options.now,
    secret: options.secret,
    notSent: reasonNotSent(step, options),
    allowRemovals: options.allowRemovals ?? [],
    fullRefresh: options.fullRefresh ?? false,
    note: (stage, text) => options.onEvent({ kind: 'note', stage, text }),
  }
}

async function deliverStep(step: SinkStep, context: RunContext): Promise<void> {
  const { options, journal } = context
  const started = performance.now()
  options.onEvent({ kind: 'step_started', stage: step.stage, plugin: step.plugin, fused: [] })
  journal({ event: 'step_started', stage: step.stage, plugin: step.plugin })
  const outcome = await outcomeOf(step, context)
  const took = seconds(started)
  const counts = countsOf(step, outcome, context)
  const { session, run } = context
  const { stage, plugin, fingerprint } = step
  const action = outcome.status === 'not_sent' ? 'skip' : outcome.status === 'known' ? 'reuse' : 'run'
  await recordStep(session, { run, stage, plugin, action, fingerprint, ...counts, seconds: took })
  tell(step, outcome, context)
  report({ step, counts, action, seconds: took, context, delivery: outcome.counts })
}

/** The account of a delivery: what is held is in none of its parts, and stands in `delivery`. */
function countsOf(step: SinkStep, { counts }: DeliveryOutcome, context: RunContext): StepCounts {
  const { rows, refused, held, merged } = counts
  const rowsIn = (Object.values(step.inputs)[0] ?? []).reduce(
    (sum, reference) => sum + (context.rows.get(reference) ?? 0),
    0,
  )
  return {
    rows_in: rowsIn,
    rows_out: rows - refused - held,
    rejected: refused,
    merged,
    filtered: Math.max(0, rowsIn - rows - merged),
  }
}

/** What concerns one sink alone. */
const ofThisSink: ReadonlySet<string> = new Set(['delivery_failed', 'destination_not_ours'])

/** A sink that cannot be reached, or whose data it cannot take, is told and does not stop the others; an error of ours does. */
async function outcomeOf(step: SinkStep, context: RunContext): Promise<DeliveryOutcome> {
  try {
    return await deliverSink(step, deliverPort(step, context))
  } catch (error) {
    const told = inStage(step.stage, error)
    if (context.options.signal.aborted || !isSillageError(told) || !ofThisSink.has(told.code)) throw told
    const { n: rows } = await context.session
      .row<{ n: number }>(`select count(*) as n from (${step.payload})`)
      .catch(() => ({ n: 0 }))
    const nothing = { merged: 0, sent: 0, known: 0, refused: 0, removed: 0, messages: 0 }
    return {
      destination: step.delivery.destination.includes('://') ? '' : step.delivery.destination,
      status: 'failed',
      counts: { ...nothing, rows, due: rows, held: rows },
      failure: { code: told.code, message: messageOf(told), hint: told.hint },
    }
  }
}

function tell(
  { stage }: SinkStep,
  { counts, status, destination, failure }: DeliveryOutcome,
  { options, journal, deliveries }: RunContext,
): void {
  const { sent, known, refused, held, removed } = counts
  deliveries.push({ stage, destination, status, ...counts, ...(failure ? { error: failure } : {}) })
  if (status === 'not_sent') {
    journal({ event: 'not_sent', stage, rows: held, reason: destination })
    options.onEvent({ kind: 'not_sent', stage, rows: held, reason: destination })
    return
  }
  if (sent + removed > 0) {
    const facts = { stage, destination, rows: sent, known, refused, held, removed }
    journal({ event: 'delivered', ...facts })
    options.onEvent({ kind: 'delivered', ...facts })
  }
  if (failure) {
    journal({ event: 'delivery_failed', stage, destination, rows: held, code: failure.code })
    options.onEvent({ kind: 'delivery_failed', stage, destination, rows: held, ...failure })
  }
}
