import { createHash } from 'node:crypto'
import { dirname, resolve } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { answerOf, faultPoint, isSillageError, retryTransient, SillageError } from '@sillage/base'
import type { SinkStep } from '@sillage/plan'
import { type Receipt, type SinkContext, type SinkPlugin, sql } from '@sillage/sdk'
import type { RunContext } from './context.ts'
import { loadSink } from './load-sink.ts'
import type { DeliveryResult } from './options.ts'
import { ReceiptBook } from './receipts.ts'
import { withoutSecrets, withSecrets } from './secrets.ts'

type Message = {
  readonly idempotency_key: string
  readonly run: string
  readonly fingerprint: string
  readonly message: number
  readonly rows: number
  readonly payload: string
}

/** Commits every message with its key, then sends those that never arrived. A key names a payload for ever. */
export async function deliverMessages(
  step: SinkStep,
  context: RunContext,
): Promise<readonly DeliveryResult[]> {
  const plugin = await loadSink(step)
  const config = withSecrets(step.config, context.options.secret)
  await commitMessages(step, plugin.size?.(config) ?? 1, context)
  const pending = await context.session.rows<Message>(
    `select idempotency_key, run, fingerprint, message, rows, payload from sillage.deliveries where stage = '${step.stage}' and status <> 'sent' order by run, message`,
  )
  const sink: SinkContext = {
    resolve: (path) => resolve(dirname(context.plan.file), path),
    pipeline: context.plan.pipeline,
    stage: step.stage,
    run: context.run,
    asOf: context.plan.asOf ?? '',
    signal: context.options.signal,
    sleep: async (ms) => void (await wait(ms, undefined, { signal: context.options.signal })),
  }
  const state = await answerOf(plugin.open?.({ config, context: sink }), answering(step.plugin, sink))
  const redact = withoutSecrets(step.config, context.options.secret)
  const results: DeliveryResult[] = []
  const receipts = new ReceiptBook(context)
  try {
    for (const message of pending) {
      context.options.signal.throwIfAborted()
      results.push(await sendOne({ message, step, plugin, config, state, sink, redact, receipts, context }))
    }
  } finally {
    receipts.flush()
    await answerOf(plugin.close?.(state), { plugin: plugin.name })
  }
  return results
}

/** Cuts the payload into messages and commits them, pending, before the first is sent. Known payloads are left as they are. */
async function commitMessages(
  step: SinkStep,
  size: number,
  { session, plan, run }: RunContext,
): Promise<void> {
  // Not DuckDB's to_json: who parses its numbers loses digits of decimals and of integers past 2^53.
  const rows = await session.rows(step.payload)
  await session.transaction(async () => {
    for (let start = 0, message = 0; start < rows.length; start += size, message += 1) {
      const part = rows.slice(start, start + size)
      const payload = JSON.stringify(part)
      const key = createHash('sha256')
        .update(`${plan.pipeline}\n${step.stage}\n${payload}`)
        .digest('hex')
        .slice(0, 40)
      await session.run(
        sql`insert or ignore into sillage.deliveries values (${step.stage}, ${key}, ${step.fingerprint}, ${run}, ${message}, ${part.length}, ${payload}, 'pending', 0, null, null)`
          .text,
      )
    }
    faultPoint('deliver.before_commit')
  })
  faultPoint('deliver.after_commit')
}

interface SendFacts {
  readonly message: Message
  readonly step: SinkStep
  readonly plugin: SinkPlugin
  readonly config: unknown
  readonly state: unknown
  readonly sink: SinkContext
  /** Takes secrets out of a text. */
  readonly redact: (text: string) => string
  readonly receipts: ReceiptBook
  readonly context: RunContext
}

async function sendOne(facts: SendFacts): Promise<DeliveryResult> {
  const { message, step, redact, receipts, context } = facts
  const rows = JSON.parse(message.payload) as readonly Readonly<Record<string, unknown>>[]
  try {
    const { receipt, attempts } = await withRetries(facts, rows)
    faultPoint('deliver.after_send')
    const destination = redact(receipt.destination)
    await context.session.run(
      sql`update sillage.deliveries set status = 'sent', attempts = ${attempts}, destination = ${destination}, facts = ${redact(JSON.stringify(receipt.facts ?? {}))}, payload = null where idempotency_key = ${message.idempotency_key}`
        .text,
    )
    const { idempotency_key, run, message: number, rows: committed } = message
    receipts.add({
      stage: step.stage,
      idempotency_key,
      run,
      fingerprint: message.fingerprint,
      message: number,
      rows: committed,
      attempts,
      destination,
      sent_at: context.options.now().toISOString(),
    })
    faultPoint('deliver.after_receipt')
    return { stage: step.stage, destination, rows: receipt.rows, status: 'sent' }
  } catch (error) {
    if (context.options.signal.aborted || !isSillageError(error)) throw error
    const failure = redact(error.message)
    await context.session.run(
      sql`update sillage.deliveries set status = 'failed', facts = ${JSON.stringify({ error: failure })} where idempotency_key = ${message.idempotency_key}`
        .text,
    )
    return { stage: step.stage, destination: failure, rows: rows.length, status: 'failed' }
  }
}

/** A sink may note what it sent after the run was told to end; one that does not answer holds up nobody. */
function answering(plugin: string, { signal }: SinkContext): Parameters<typeof answerOf>[1] {
  return { plugin, signal, graceMs: 5000 }
}

/** Waits as the plugin's own budget says. */
async function withRetries(
  { message, plugin, config, state, sink }: SendFacts,
  rows: readonly Readonly<Record<string, unknown>>[],
): Promise<{ readonly receipt: Receipt; readonly attempts: number }> {
  const budget = plugin.retry?.(config) ?? { attempts: 1, firstWaitMs: 0, longestWaitMs: 0 }
  const { idempotency_key: idempotencyKey } = message
  return await retryTransient(
    async (attempts) => {
      try {
        const receipt = await answerOf(
          plugin.write!({ rows, config, state, idempotencyKey, context: sink }),
          answering(plugin.name, sink),
        )
        return { receipt, attempts }
      } catch (error) {
        if (sink.signal.aborted || isSillageError(error)) throw error
        throw new SillageError({
          code: 'delivery_failed',
          message: 'The sink failed in a way that it does not explain',
          hint: 'this is an error of the plugin',
          cause: error,
        })
      }
    },
    { budget, signal: sink.signal },
  )
}
