import { existsSync } from 'node:fs'
import { isSillageError, messageOf } from '@sillage/base'
import type { SinkStep, Step } from '@sillage/plan'
import { sql } from '@sillage/sdk'
import type { RunContext } from './context.ts'
import { deliverFiles } from './deliver-files.ts'
import { deliverMessages } from './deliver-messages.ts'
import { loadSink } from './load-sink.ts'
import type { DeliveryResult, RunOptions } from './options.ts'
import { inStage, report, seconds } from './step-report.ts'

/** Runs the sinks after publishing. A sink that fails does not stop the others; what arrived is recorded and not sent again. */
export async function deliver(steps: readonly Step[], context: RunContext): Promise<void> {
  for (const step of steps) {
    if (step.style !== 'sink') continue
    context.options.signal.throwIfAborted()
    await deliverStep(step, context)
  }
}

/** Why a sink's messages stay here; undefined where they leave, and for files, which stay anyway. */
export function reasonNotSent(step: SinkStep, { notSent }: RunOptions): string | undefined {
  return step.files.length > 0 ? undefined : notSent
}

async function deliverStep(step: SinkStep, context: RunContext): Promise<void> {
  const { options, session, journal, deliveries } = context
  const started = performance.now()
  options.onEvent({ kind: 'step_started', stage: step.stage, plugin: step.plugin, fused: [] })
  journal({ event: 'step_started', stage: step.stage, plugin: step.plugin })
  try {
    const known = await isDelivered(step, context)
    const reason = reasonNotSent(step, options)
    const results =
      reason !== undefined
        ? []
        : known
          ? await knownFiles(step, context)
          : step.files.length > 0
            ? await deliverFiles(step, context)
            : await deliverMessages(step, context)
    // One file holds the payload, and says how many rows it has.
    const rows =
      step.files.length === 1
        ? results[0]!.rows
        : (await session.row<{ n: number }>(`select count(*) as n from (${step.payload})`)).n
    for (const result of results) deliveries.push(result)
    if (reason !== undefined) {
      deliveries.push({ stage: step.stage, destination: reason, rows, status: 'not_sent' })
      journal({ event: 'not_sent', stage: step.stage, rows, reason })
      options.onEvent({ kind: 'not_sent', stage: step.stage, rows, reason })
    }
    for (const { stage, destination, rows: sent, status } of results) {
      if (status !== 'sent') continue
      journal({ event: 'delivered', stage, destination, rows: sent })
      options.onEvent({ kind: 'delivered', stage, destination, rows: sent })
    }
    const rowsIn = (Object.values(step.inputs)[0] ?? []).reduce(
      (sum, reference) => sum + (context.rows.get(reference) ?? 0),
      0,
    )
    report({
      step,
      counts: { rows_in: rowsIn, rows_out: rows, rejected: 0, merged: 0, filtered: rowsIn - rows },
      action: reason !== undefined ? 'skip' : known ? 'reuse' : 'run',
      seconds: seconds(started),
      context,
    })
  } catch (error) {
    if (options.signal.aborted || !isSillageError(error) || error.code !== 'delivery_failed')
      throw inStage(step.stage, error)
    deliveries.push({ stage: step.stage, destination: messageOf(error), rows: 0, status: 'failed' })
  }
}

/** A file sink whose payload did not change and whose files are there has nothing to do. */
async function isDelivered(step: SinkStep, { session, options }: RunContext): Promise<boolean> {
  if (options.fullRefresh || step.files.length === 0) return false
  const paths = sql.list(step.files.map((file) => file.path))
  const { n } = await session.row<{ n: number }>(
    `select count(*) as n from sillage.deliveries where stage = '${step.stage}' and fingerprint = '${step.fingerprint}' and status = 'sent' and list_contains(${paths.text}, destination)`,
  )
  return n === step.files.length && step.files.every((file) => existsSync(file.path))
}

async function knownFiles(step: SinkStep, { session }: RunContext): Promise<readonly DeliveryResult[]> {
  const sent = await session.rows<{ destination: string; rows: number }>(
    `select destination, rows from sillage.deliveries where stage = '${step.stage}' and fingerprint = '${step.fingerprint}' and status = 'sent' order by message`,
  )
  return sent.map(({ destination, rows }) => ({ stage: step.stage, destination, rows, status: 'known' }))
}

/** How many messages a payload of so many rows makes. */
export async function messagesOf(step: SinkStep, rows: number, _context: RunContext): Promise<number> {
  if (step.files.length > 0) return step.files.length
  const plugin = await loadSink(step)
  return Math.ceil(rows / (plugin.size?.(step.config) ?? 1))
}
