import { dirname, resolve } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { answerOf, faultPoint, isSillageError, retryTransient, SillageError } from '@sillage/base'
import type { Receipt, SinkContext, SinkPlugin } from '@sillage/sdk'
import type { DeliverPort, Sending } from './deliver-port.ts'
import type { Message, SettledMessage } from './outbox.ts'

/** An opened sink. */
export interface OpenSink {
  readonly plugin: SinkPlugin
  readonly config: unknown
  readonly state: unknown
  readonly connection: unknown
  readonly context: SinkContext
  /** Takes secrets out of a text. */
  readonly redact: (text: string) => string
}

/** How sending a message ended. `failed`: it stays, and goes again as it is. */
export type Sent =
  | { readonly kind: 'settled'; readonly settled: SettledMessage }
  | { readonly kind: 'failed'; readonly message: string; readonly hint: string | undefined }

type Rows = readonly Readonly<Record<string, unknown>>[]

export function sinkContext(
  step: Pick<Sending, 'stage'>,
  { plan, run: { id: run, signal } }: DeliverPort,
): SinkContext {
  return {
    resolve: (path) => resolve(dirname(plan.file), path),
    pipeline: plan.pipeline,
    stage: step.stage,
    run,
    asOf: plan.asOf ?? '',
    signal,
    sleep: async (ms) => void (await wait(ms, undefined, { signal })),
  }
}

/** A sink may note what it sent after the run was told to end; one that does not answer holds up nobody. */
export function answering(plugin: string, { signal }: SinkContext): Parameters<typeof answerOf>[1] {
  return { plugin, signal, graceMs: 5000 }
}

/** Sends a message, as often as the sink's own budget says. Throws what is no failure of the receiver, and the signal's reason. */
export async function sendMessage(message: Message, sink: OpenSink, now: () => Date): Promise<Sent> {
  const { context, redact } = sink
  const said = (status: SettledMessage['status'], receipt: Partial<Receipt>, attempts: number): Sent => ({
    kind: 'settled',
    settled: {
      id: message.id,
      status,
      run: context.run,
      at: now().toISOString(),
      destination: redact(receipt.destination ?? ''),
      attempts,
      refused: (receipt.refused ?? []).map(({ row, code, message: words }) => ({
        row,
        code,
        message: redact(words),
      })),
      retry: receipt.retry ?? [],
      facts: JSON.parse(redact(JSON.stringify(receipt.facts ?? {}))) as Record<string, unknown>,
    },
  })
  try {
    const { receipt, attempts } = await withRetries(message, sink)
    faultPoint('deliver.after_send')
    return said('accepted', checkedReceipt(receipt, { message, plugin: sink.plugin.name }), attempts)
  } catch (error) {
    if (context.signal.aborted || !isSillageError(error)) throw error
    if (error.code !== 'delivery_failed' || error.retryable)
      return { kind: 'failed', message: redact(error.message), hint: error.hint }
    return said('given_up', { facts: { error: error.message, hint: error.hint } }, 1)
  }
}

/** A receipt that does not tell what became of a row would lose it without a word. */
function checkedReceipt(
  receipt: Receipt,
  { message, plugin }: { readonly message: Message; readonly plugin: string },
): Receipt {
  const problem = (what: string): SillageError =>
    new SillageError({
      code: 'receipt_incomplete',
      message: `${plugin} ${what}`,
      hint: 'fix the plugin: name each row that was not accepted in `refused` or `retry` of the receipt',
    })
  if (typeof receipt !== 'object' || receipt === null || typeof receipt.destination !== 'string')
    throw problem('gave no receipt with a destination')
  const { accepted, refused = [], retry = [], rows } = receipt
  const named = [...refused.map(({ row }) => row), ...retry]
  const outside = [...named, ...(accepted ?? [])].find(
    (row) => !Number.isInteger(row) || row < 0 || row >= message.rows,
  )
  if (outside !== undefined) throw problem(`names row ${outside} of a message of ${message.rows} rows`)
  if (new Set([...named, ...(accepted ?? [])]).size < named.length + (accepted?.length ?? 0))
    throw problem('names a row of the message twice')
  const told = accepted?.length ?? rows ?? message.rows - named.length
  // A message of removals alone has no row to count.
  if (told + named.length < message.rows)
    throw problem(
      `counts ${told} accepted rows of ${message.rows} and does not say what became of the others`,
    )
  return receipt
}

async function withRetries(
  message: Message,
  { plugin, config, connection, state, context }: OpenSink,
): Promise<{ readonly receipt: Receipt; readonly attempts: number }> {
  const budget = plugin.retry?.(config) ?? { attempts: 1, firstWaitMs: 0, longestWaitMs: 0 }
  const facts = {
    body: message.body,
    config,
    connection,
    state,
    idempotencyKey: message.id,
    context,
    ...rowsOf(message, plugin),
  }
  return await retryTransient(
    async (attempts) => {
      try {
        return { receipt: await answerOf(plugin.write!(facts), answering(plugin.name, context)), attempts }
      } catch (error) {
        if (context.signal.aborted || isSillageError(error)) throw error
        throw new SillageError({
          code: 'delivery_failed',
          message: 'The sink failed in a way that it does not explain',
          hint: 'this is an error of the plugin',
          retryable: true,
          cause: error,
        })
      }
    },
    { budget, signal: context.signal },
  )
}

/** The rows of a message that the engine rendered. A sink that renders its own has its text. */
function rowsOf({ body }: Message, plugin: SinkPlugin): { readonly rows: Rows; readonly removed: Rows } {
  if (plugin.message) return { rows: [], removed: [] }
  const { rows, removed = [] } = JSON.parse(body) as { readonly rows: Rows; readonly removed?: Rows }
  return { rows, removed }
}
