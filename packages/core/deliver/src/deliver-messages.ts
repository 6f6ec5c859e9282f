import { answerOf, withoutSecrets, withSecrets } from '@sillage/base'
import { configsOf } from '@sillage/plan'
import { type MessageFacts, openConnection, type SinkPlugin, type Sql, sql } from '@sillage/sdk'
import type { BodyFacts, Wave } from './book-facts.ts'
import type {
  DeliverPort,
  DeliveryCounts,
  DeliveryFailure,
  DeliveryOutcome,
  Sending,
  SendingPort,
} from './deliver-port.ts'
import type { DeliveryBook } from './delivery-book.ts'
import { holdDestination } from './destination-lock.ts'
import { findTrouble, tooManyRemoved } from './guard.ts'
import { loadSink } from './load-sink.ts'
import type { MessageReceipt } from './message-receipt.ts'
import { openBook, payloadOf, shownDestination } from './open-book.ts'
import { keepRefused } from './refused-rows.ts'
import { answering, type OpenSink, sendMessage, sinkContext } from './send-message.ts'

/** After so many messages in a row that failed for the moment the receiver is taken to be down. */
const failuresInRow = 5

/** What was accepted and what was not while messages were sent. */
interface Tally {
  sent: number
  removed: number
  messages: number
  failedInRow: number
  failure: DeliveryFailure | undefined
}

/** Sends what waits from before, as it was committed; then what is due. */
export async function deliverMessages(step: Sending, port: SendingPort): Promise<DeliveryOutcome> {
  return await withSink(step, port, (facts) => deliver(facts, port))
}

/**
 * Tells the receiver of a mirror that some keys are gone: those of `known` for which the condition holds. Gives why that failed; then
 * nothing of it waits.
 */
export async function sendRemovals(
  step: Sending,
  port: DeliverPort,
  where: Sql,
): Promise<string | undefined> {
  if (port.rules.notSent !== undefined) return port.rules.notSent
  return await withSink(step, port, async (facts) => {
    const { book } = facts
    const tally: Tally = { sent: 0, removed: 0, messages: 0, failedInRow: 0, failure: undefined }
    const before = new Set(book.waves)
    await book.dueRemovals(where)
    await sendDue(facts, tally, () => tally.failure === undefined)
    await book.catchUp()
    for (const wave of book.waves) if (!before.has(wave)) book.drop(wave)
    return tally.failure?.message
  })
}

async function withSink<T>(step: Sending, port: DeliverPort, work: (facts: Facts) => Promise<T>): Promise<T> {
  const { plan, state, session } = port
  const { id: run, now } = port.run
  await using _ = await holdDestination(step, {
    project: plan.project,
    command: port.run.command,
    openDatabase: port.openDatabase,
  })
  const plugin = await loadSink(step)
  const config = withSecrets(step.config, port.secret)
  const onSettled = (records: readonly MessageReceipt[]): void =>
    state.append({ kind: 'receipts', pipeline: plan.pipeline, run, records })
  const book = await openBook(step, { plan, run, session, now, onSettled })
  const context = sinkContext(step, port)
  await using connected = await openConnection(step.connection, {
    secret: port.secret,
    signal: port.run.signal,
  })
  const connection = connected.value
  const opened = await answerOf(
    plugin.open?.({ config, connection, context }),
    answering(step.plugin, context),
  )
  const redact = withoutSecrets(configsOf(step), port.secret)
  try {
    return await work({
      step,
      port,
      book,
      sink: { plugin, config, connection, state: opened, context, redact },
    })
  } finally {
    await book.close()
    await answerOf(plugin.close?.(opened), { plugin: plugin.name })
  }
}

interface Facts {
  readonly step: Sending
  readonly port: DeliverPort
  readonly book: DeliveryBook
  readonly sink: OpenSink
}

async function deliver(facts: Facts, sending: SendingPort): Promise<DeliveryOutcome> {
  const { step, port, book, sink } = facts
  const { delivery } = step
  const tally: Tally = { sent: 0, removed: 0, messages: 0, failedInRow: 0, failure: undefined }
  const pending = await book.pending()
  const waiting = pending.reduce((sum, { messages }) => sum + messages.length, 0)
  if (waiting > 0) port.note(step.stage, `${waiting} messages of an earlier run go first, as they were`)
  for (const wave of pending) await sendWave(wave, tally, facts)
  await book.catchUp()
  const stuck = tally.failure !== undefined
  const { counts, troubles } = await book.due(payloadOf(step))
  const trouble =
    findTrouble(step, troubles) ?? tooManyRemoved(step, { counts, allow: port.rules.allowRemovals })
  if (trouble) tally.failure ??= trouble
  else if (!stuck && counts.due + counts.removed > 0)
    await sendDue(facts, tally, () => tally.failedInRow < failuresInRow)
  await book.catchUp()
  if (!trouble) await book.noteDeparted()
  const refused = await keepRefused(step, book, sending)
  if (counts.unknown > 0) tally.failure ??= unknownRows(step, counts.unknown, port)
  const failed = tally.failure !== undefined
  const told: DeliveryCounts = {
    rows: counts.rows,
    merged: counts.merged,
    due: counts.due + counts.fresh,
    sent: tally.sent,
    known: counts.known - counts.fresh,
    refused,
    held: Math.max(0, counts.rows - tally.sent - (counts.known - counts.fresh) - refused),
    removed: tally.removed,
    messages: tally.messages,
  }
  return {
    destination: sink.redact(shownDestination(step)),
    status: failed ? 'failed' : told.sent + told.removed > 0 || delivery.mode === 'full' ? 'sent' : 'known',
    counts: told,
    ...(tally.failure ? { failure: tally.failure } : {}),
  }
}

/**
 * Sends what is due for as long as it goes on. The messages of a wave are sent while the next wave is committed: one waits for the
 * receiver, the other for DuckDB and the disk.
 */
async function sendDue(facts: Facts, tally: Tally, goesOn: () => boolean): Promise<void> {
  const { step, port, book, sink } = facts
  const size = Math.max(1, sink.plugin.size?.(sink.config) ?? 1)
  const total = await book.group(size)
  const commit = (from: number): Promise<Wave> => book.commit(from, { size, body: bodyOf(step, facts) })
  let from = 0
  for (let wave = total > 0 ? await commit(0) : undefined; wave && goesOn(); ) {
    port.run.signal.throwIfAborted()
    from += wave.messages.length
    const next: Promise<Wave> | undefined = from < total ? commit(from) : undefined
    await sendWave(wave, tally, { ...facts, meanwhile: next })
    wave = await next
  }
}

/** Sends a wave and takes in what became of it, once `meanwhile` is over: it asks the same session. */
async function sendWave(
  wave: Wave,
  tally: Tally,
  { port, book, sink, step, meanwhile }: Facts & { readonly meanwhile?: Promise<unknown> | undefined },
): Promise<void> {
  const isOver = meanwhile?.catch(() => undefined)
  try {
    using settling = book.settling(wave)
    for (const message of wave.messages) {
      port.run.signal.throwIfAborted()
      if (tally.failedInRow >= failuresInRow) break
      const sent = await sendMessage(message, sink, port.run.now)
      if (sent.kind === 'failed') {
        tally.failedInRow += 1
        tally.failure ??= {
          code: 'delivery_failed',
          message: sent.message,
          hint: sent.hint ?? 'what was not sent is sent by the next run',
        }
        continue
      }
      const { settled } = sent
      settling.note(settled)
      tally.failedInRow = 0
      if (settled.status === 'given_up') {
        const { error, hint } = settled.facts
        tally.failure ??= { code: 'delivery_failed', message: String(error), hint: String(hint ?? '') }
        continue
      }
      tally.messages += 1
      tally.sent += message.rows - settled.refused.length - settled.retry.length
      tally.removed += message.removed
      if (settled.retry.length > 0)
        tally.failure ??= {
          code: 'delivery_failed',
          message: `"${step.stage}": the receiver takes ${settled.retry.length} rows only later`,
          hint: 'the next run sends them again',
        }
    }
  } catch (error) {
    await isOver
    // What was answered is noted already: where it cannot be taken in now, the next run does.
    await book.settle(wave).catch(() => undefined)
    throw error
  }
  await isOver
  await book.settle(wave)
}

/** The text of the messages of a step, as SQL. */
function bodyOf(
  step: Pick<Sending, 'stage' | 'config'>,
  { port, sink }: { readonly port: DeliverPort; readonly sink: Pick<OpenSink, 'plugin' | 'config'> },
): (facts: BodyFacts) => Sql {
  const render: NonNullable<SinkPlugin['message']> = sink.plugin.message ?? plainMessage
  return (facts) =>
    render({
      ...facts,
      config: sink.config,
      pipeline: port.plan.pipeline,
      stage: step.stage,
      asOf: port.plan.asOf ?? '',
      sql,
    })
}

function plainMessage({ rows, removed }: Pick<MessageFacts<unknown>, 'rows' | 'removed'>): Sql {
  const gone = removed === undefined ? sql.empty : sql` || ',"removed":' || ${removed}`
  return sql`'{"rows":' || ${rows}${gone} || '}'`
}

function unknownRows(
  { stage }: Pick<Sending, 'stage'>,
  rows: number,
  { plan }: DeliverPort,
): DeliveryFailure {
  const resend = `sillage resend ${plan.pipeline} ${stage} --unknown`
  return {
    code: 'delivery_unknown',
    message: `"${stage}": of ${rows} rows it cannot be known whether the version before sent them; they were not sent`,
    hint: `send them: ${resend}; or take them for sent: ${resend} --mark-delivered`,
  }
}
