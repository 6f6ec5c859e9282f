import { withSecrets } from '@sillage/base'
import { held, isWhole } from './deliver-files.ts'
import type { DeliverPort, DeliveryCounts, DeliveryFailure, Sending, SendingFile } from './deliver-port.ts'
import { noCounts, writesFiles } from './deliver-port.ts'
import { findTrouble, tooManyRemoved } from './guard.ts'
import { loadSink } from './load-sink.ts'
import { openBook, payloadOf, shownDestination } from './open-book.ts'
import { wholePayload } from './whole-payload.ts'

/** What a sink would do, and what would keep it from doing so. */
export interface ForeseenDelivery {
  readonly stage: string
  readonly destination: string
  readonly counts: DeliveryCounts
  /** Messages of an earlier run that would go first. */
  readonly waiting: number
  readonly failure?: DeliveryFailure
}

/**
 * Tells the numbers that `deliverSink` will tell if all is accepted. Sends and keeps nothing. With `readOnly` the tables stand in the
 * given schema of another database.
 */
export async function foreseeSink(
  step: SendingFile,
  port: DeliverPort,
  scratch?: readonly string[],
): Promise<ForeseenDelivery> {
  const { plan, session } = port
  const { id: run, now } = port.run
  const destination = shownDestination(step)
  if (writesFiles(step) && step.delivery.mode === 'full') {
    const { rows, trouble } = await wholePayload(step, session)
    if (trouble) return { stage: step.stage, destination, waiting: 0, counts: held(rows), failure: trouble }
    const quiet = { ...port, note: () => {} }
    const counts =
      !port.rules.fullRefresh && (await isWhole(step, quiet))
        ? { ...noCounts, rows, known: rows }
        : { ...noCounts, rows, due: rows, sent: rows, messages: step.files.length }
    return { stage: step.stage, destination, waiting: 0, counts }
  }
  const book = await openBook(step, {
    plan,
    run,
    session,
    now,
    ...(scratch ? { schema: scratch, keeps: false } : {}),
  })
  try {
    const pending = await book.pending()
    const waiting = pending.flatMap(({ messages }) => messages)
    const { counts, troubles } = await book.foresee(payloadOf(step))
    const failure =
      findTrouble(step, troubles) ?? tooManyRemoved(step, { counts, allow: port.rules.allowRemovals })
    const size = writesFiles(step) ? Number.MAX_SAFE_INTEGER : await sizeOf(step, port)
    const waitingRows = waiting.reduce((sum, { rows }) => sum + rows, 0)
    const waitingGone = waiting.reduce((sum, { removed }) => sum + removed, 0)
    const here = failure !== undefined || port.rules.notSent !== undefined ? counts.due : 0
    return {
      stage: step.stage,
      destination,
      waiting: waiting.length,
      counts: {
        rows: counts.rows,
        merged: counts.merged,
        due: counts.due + counts.fresh,
        sent: port.rules.notSent === undefined ? waitingRows + counts.due - here : 0,
        known: counts.known - counts.fresh,
        refused: counts.refused,
        held: here + counts.unknown + (port.rules.notSent === undefined ? 0 : counts.fresh),
        removed: here > 0 || port.rules.notSent !== undefined ? 0 : waitingGone + counts.removed,
        messages:
          here > 0 ? waiting.length : waiting.length + Math.ceil((counts.due + counts.removed) / size),
      },
      ...(failure ? { failure } : {}),
    }
  } finally {
    await book.close()
  }
}

async function sizeOf(step: Pick<Sending, 'module' | 'config'>, { secret }: DeliverPort): Promise<number> {
  const plugin = await loadSink(step)
  if (!plugin.size) return 1
  // The size never hangs on a secret, and a plan is made without them.
  const config = withSecrets(step.config, (name) => {
    try {
      return secret(name)
    } catch {
      return ''
    }
  })
  return Math.max(1, plugin.size(config))
}
