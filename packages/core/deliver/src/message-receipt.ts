import type { StateRecord } from '@sillage/state'
import type { SettledMessage } from './outbox.ts'

/** That a message was settled. It holds no payload: what was sent stays with the receiver. */
export interface MessageReceipt extends StateRecord {
  readonly stage: string
  readonly idempotency_key: string
  readonly status: SettledMessage['status']
  readonly run: string
  /** Rows and removals that it held. */
  readonly rows: number
  readonly removed: number
  readonly refused: number
  readonly attempts: number
  readonly destination: string
  readonly facts: Readonly<Record<string, unknown>>
  /** ISO, UTC. */
  readonly sent_at: string
}

/** The receipts of what was settled, given how much each message held. */
export function messageReceipts(
  stage: string,
  settled: readonly SettledMessage[],
  sizes: readonly { readonly id: string; readonly rows: number; readonly removed: number }[],
): readonly MessageReceipt[] {
  const byId = new Map(sizes.map((size) => [size.id, size]))
  return settled.map(({ id, status, run, at, destination, attempts, refused, facts }) => ({
    stage,
    idempotency_key: id,
    status,
    run,
    rows: byId.get(id)?.rows ?? 0,
    removed: byId.get(id)?.removed ?? 0,
    refused: refused.length,
    attempts,
    destination,
    facts,
    sent_at: at,
  }))
}
