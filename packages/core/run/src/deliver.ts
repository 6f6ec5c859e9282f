import { rmSync } from 'node:fs'
import { isSillageError, messageOf } from '@sillage/base'
import { type DeliveryOutcome, deliverSink, payloadRows, type SendingPort, takeOver } from '@sillage/deliver'
import { olderWorking, type StepCounts } from '@sillage/ledger'
import type { SinkStep, Step } from '@sillage/plan'
import type { RunOptions } from './options.ts'
import type { Run } from './run.ts'
import { inStage, seconds, tellEnd, tellStart } from './step-report.ts'

/** Runs the sinks after publishing. A sink that fails does not stop the others; what arrived is recorded and not sent again. */
export async function deliver(steps: readonly Step[], run: Run): Promise<void> {
  for (const step of steps) {
    if (step.style !== 'sink') continue
    run.options.signal.throwIfAborted()
    await deliverStep(step, run)
  }
}

/** What the version before delivered, where its working database or its receipts are there and its deliveries were not taken over. */
export async function takeOverDeliveries(steps: readonly Step[], run: Run): Promise<void> {
  const sinks = steps.filter((step) => step.style === 'sink')
  const [first] = sinks
  if (run.options.notSent !== undefined) return
  const older = olderWorking(run.files.paths)
  if (first) await takeOver(sinks, deliverPort(first, run), older)
  for (const file of [older, `${older}.wal`, `${older}.owner.json`]) rmSync(file, { force: true })
}

/** Why a sink's messages stay here; undefined where they leave, and for files, which stay anyway. */
export function reasonNotSent(step: SinkStep, { notSent }: RunOptions): string | undefined {
  return step.files.length > 0 ? undefined : notSent
}

/** What a delivery needs of a run. */
export function deliverPort(step: SinkStep, { id, options, plan, working, files, told }: Run): SendingPort {
  const { command, signal, now, secret, allowRemovals = [], fullRefresh = false } = options
  return {
    plan,
    run: { id, command, signal, now },
    rules: { notSent: reasonNotSent(step, options), allowRemovals, fullRefresh },
    session: working.session,
    openDatabase: options.engine.openDatabase,
    recordRejects: working.ledger.recordRejects,
    state: files.state,
    secret,
    note: (stage, text) => told.show({ kind: 'note', stage, text }),
  }
}

async function deliverStep(step: SinkStep, run: Run): Promise<void> {
  const { working, told } = run
  const started = performance.now()
  tellStart(step, [], told)
  const outcome = await outcomeOf(step, run)
  const took = seconds(started)
  const counts = countsOf(step, outcome, run)
  const { stage, plugin, fingerprint } = step
  const action = outcome.status === 'not_sent' ? 'skip' : outcome.status === 'known' ? 'reuse' : 'run'
  const record = { run: run.id, stage, plugin, action, fingerprint, ...counts, seconds: took } as const
  await working.ledger.recordStep(record)
  tellDelivery(stage, outcome, told)
  tellEnd(step, { counts, action, seconds: took, delivery: outcome.counts }, told)
}

/** The account of a delivery: what is held is in none of its parts, and stands in `delivery`. */
function countsOf(
  { inputs }: Pick<SinkStep, 'inputs'>,
  { counts }: DeliveryOutcome,
  { tally }: Pick<Run, 'tally'>,
): StepCounts {
  const { rows, refused, held, merged } = counts
  const rowsIn = (Object.values(inputs)[0] ?? []).reduce(
    (sum, reference) => sum + (tally.get(reference) ?? 0),
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
async function outcomeOf(step: SinkStep, run: Run): Promise<DeliveryOutcome> {
  const port = deliverPort(step, run)
  try {
    return await deliverSink(step, port)
  } catch (error) {
    const told = inStage(step.stage, error)
    if (run.options.signal.aborted || !isSillageError(told) || !ofThisSink.has(told.code)) throw told
    const rows = await payloadRows(step, port).catch(() => 0)
    const nothing = { merged: 0, sent: 0, known: 0, refused: 0, removed: 0, messages: 0 }
    return {
      destination: step.delivery.destination.includes('://') ? '' : step.delivery.destination,
      status: 'failed',
      counts: { ...nothing, rows, due: rows, held: rows },
      failure: { code: told.code, message: messageOf(told), hint: told.hint },
    }
  }
}

function tellDelivery(
  stage: string,
  { counts, status, destination, failure }: DeliveryOutcome,
  told: Run['told'],
): void {
  const { sent, known, refused, held, removed } = counts
  told.deliveries.push({ stage, destination, status, ...counts, ...(failure ? { error: failure } : {}) })
  if (status === 'not_sent') {
    told.journal({ event: 'not_sent', stage, rows: held, reason: destination })
    told.show({ kind: 'not_sent', stage, rows: held, reason: destination })
    return
  }
  if (sent + removed > 0) {
    const facts = { stage, destination, rows: sent, known, refused, held, removed }
    told.journal({ event: 'delivered', ...facts })
    told.show({ kind: 'delivered', ...facts })
  }
  if (failure) {
    told.journal({ event: 'delivery_failed', stage, destination, rows: held, code: failure.code })
    told.show({ kind: 'delivery_failed', stage, destination, rows: held, ...failure })
  }
}
