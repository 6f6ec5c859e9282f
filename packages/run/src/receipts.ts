import { relative } from 'node:path'
import type { SinkStep } from '@sillage/plan'
import { sql } from '@sillage/sdk'
import type { StateRecord } from '@sillage/state'
import type { RunContext } from './context.ts'

const kind = 'receipts'

/** That a message arrived. It holds no payload: what was sent stays with the receiver. */
export interface MessageReceipt extends StateRecord {
  readonly stage: string
  readonly idempotency_key: string
  /** The run that committed the message. */
  readonly run: string
  readonly fingerprint: string
  readonly message: number
  readonly rows: number
  readonly attempts: number
  readonly destination: string
  /** ISO, UTC; null where only the ledger knew of it. */
  readonly sent_at: string | null
}

/** That a file was written: where, seen from the project, and what it held. */
export function fileReceipt({
  step,
  path,
  rows,
  sha256,
  context,
}: {
  readonly step: SinkStep
  readonly path: string
  readonly rows: number
  readonly sha256: string
  readonly context: RunContext
}): StateRecord {
  const { plan, run, options } = context
  const file = relative(plan.project, path)
  return { stage: step.stage, run, file, sha256, rows, sent_at: options.now().toISOString() }
}

/** Receipts on their way to the state: a segment for so many, so that a kill leaves few to the ledger alone. */
const segmentReceipts = 200

export class ReceiptBook {
  readonly #context: RunContext
  #waiting: MessageReceipt[] = []

  constructor(context: RunContext) {
    this.#context = context
  }

  add(receipt: MessageReceipt): void {
    this.#waiting.push(receipt)
    if (this.#waiting.length >= segmentReceipts) this.flush()
  }

  /** Durable when it returns. */
  flush(): void {
    const { state, plan, run } = this.#context
    state.append({ kind, pipeline: plan.pipeline, run, records: this.#waiting })
    this.#waiting = []
  }
}

/**
 * Before a run that delivers: what the state knows as sent is sent in the ledger too (a fresh working database sends
 * nothing twice), and what only the ledger knows, since a run was killed between the two, enters the state.
 */
export async function reconcileReceipts(context: RunContext): Promise<void> {
  const { session, state, plan, run } = context
  const known = new Map<string, MessageReceipt>()
  for (const record of state.read(kind, plan.pipeline))
    if (typeof record.idempotency_key === 'string')
      known.set(record.idempotency_key, record as MessageReceipt)
  const ledger = await session.rows<{ idempotency_key: string; status: string }>(
    `select idempotency_key, status from sillage.deliveries where ${ofMessages}`,
  )
  const sent = new Set(ledger.flatMap((row) => (row.status === 'sent' ? [row.idempotency_key] : [])))
  const missing = [...known.values()].filter((receipt) => !sent.has(receipt.idempotency_key))
  if (missing.length > 0)
    await session.transaction(async () => {
      for (const receipt of missing) await enterLedger(receipt, context)
    })
  const untold = ledger.flatMap(({ idempotency_key: key, status }) =>
    status === 'sent' && !known.has(key) ? [key] : [],
  )
  if (untold.length === 0) return
  const records = await session.rows<MessageReceipt & Record<string, never>>(
    `select stage, idempotency_key, run, fingerprint, message, rows, attempts, destination, null as sent_at from sillage.deliveries where list_contains(${sql.list(untold).text}, idempotency_key) order by run, stage, message`,
  )
  state.append({ kind, pipeline: plan.pipeline, run, records })
}

/** A file goes by its stage and path, a message by a hash. */
const ofMessages = `not contains(idempotency_key, ':')`

async function enterLedger(receipt: MessageReceipt, { session }: RunContext): Promise<void> {
  const { stage, idempotency_key, fingerprint, run, message, rows, attempts, destination } = receipt
  await session.run(
    sql`insert or replace into sillage.deliveries values (${stage}, ${idempotency_key}, ${fingerprint}, ${run}, ${message}, ${rows}, null, 'sent', ${attempts}, ${destination}, null)`
      .text,
  )
}
