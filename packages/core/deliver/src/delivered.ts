import type { State, StateRecord } from '@sillage/state'
import { isFileReceipt } from './file-receipts.ts'

/** What one run told one destination. */
export interface Delivered {
  readonly stage: string
  /** A path in the project, or an address without query and secrets. */
  readonly destination: string
  readonly run: string
  /** `sent`: accepted. `failed`: the receiver refused the message as a whole. */
  readonly status: 'sent' | 'failed'
  readonly messages: number
  readonly rows: number
  readonly removed: number
  readonly refused: number
  /** Of the last message: ISO, UTC; null where it is not known. */
  readonly at: string | null
}

/** What a pipeline delivered, by run, stage, destination and status, oldest first: from the state alone. */
export function deliveredOf(state: State, pipeline: string): readonly Delivered[] {
  const found = new Map<string, Delivered>()
  const seen = new Set<string>()
  for (const record of state.read('receipts', pipeline)) {
    const one = deliveredBy(record)
    if (!one) continue
    // A message that a killed run had settled may be told twice.
    const id = record.idempotency_key === undefined ? undefined : `${record.idempotency_key} ${record.run}`
    if (id !== undefined && seen.has(id)) continue
    if (id !== undefined) seen.add(id)
    const group = JSON.stringify([one.run, one.stage, one.destination, one.status])
    const before = found.get(group)
    found.set(
      group,
      before === undefined
        ? one
        : {
            ...one,
            messages: before.messages + one.messages,
            rows: isFileReceipt(record) ? one.rows : before.rows + one.rows,
            removed: before.removed + one.removed,
            refused: before.refused + one.refused,
            at: before.at !== null && (one.at === null || before.at > one.at) ? before.at : one.at,
          },
    )
  }
  return [...found.values()]
}

function deliveredBy(record: StateRecord): Delivered | undefined {
  const common = {
    stage: String(record.stage),
    run: String(record.run),
    messages: 1,
    at: typeof record.sent_at === 'string' ? record.sent_at : null,
  }
  if (isFileReceipt(record))
    return {
      ...common,
      destination: record.file,
      status: 'sent',
      rows: record.rows,
      removed: 0,
      refused: 0,
    }
  if (typeof record.idempotency_key !== 'string') return undefined
  const refused = Number(record.refused ?? 0)
  return {
    ...common,
    destination: String(record.destination ?? ''),
    status: record.status === 'given_up' ? 'failed' : 'sent',
    rows: Number(record.rows ?? 0) - refused,
    removed: Number(record.removed ?? 0),
    refused,
  }
}
