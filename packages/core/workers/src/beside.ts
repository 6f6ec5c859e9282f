import { randomUUID } from 'node:crypto'
import type { Column } from '@sillage/sql'
import { arrowSchema, type BatchMessage, duckdbType, fromMessage, toMessage } from '@sillage/sql/arrow'
import type { RecordBatch } from 'apache-arrow'

/** The rows of other inputs, in memory that all workers share. */
export interface Beside {
  /** Tells those of one step from those of another. */
  readonly id: string
  readonly inputs: Readonly<
    Record<string, { readonly columns: readonly Column[]; readonly message: BatchMessage }>
  >
}

/** Copies batches, one a role, into memory that threads share; undefined where there are none. */
export function shareBeside(batches: Readonly<Record<string, RecordBatch>>): Beside | undefined {
  const roles = Object.entries(batches)
  if (roles.length === 0) return undefined
  const inputs = roles.map(([role, batch]) => {
    const columns = batch.schema.fields.map((field) => ({ name: field.name, type: duckdbType(field) }))
    const { rows, buffers } = toMessage(batch).message
    return [
      role,
      { columns, message: { rows, buffers: buffers.map((bytes) => bytes && inShared(bytes)) } },
    ] as const
  })
  return { id: randomUUID(), inputs: Object.fromEntries(inputs) }
}

/** The batches for one thread, in memory of its own: not all that reads text reads it where threads share it. */
export function ownBeside(beside: Beside | undefined): Readonly<Record<string, RecordBatch>> {
  return Object.fromEntries(
    Object.entries(beside?.inputs ?? {}).map(([role, { columns, message }]) => {
      const buffers = message.buffers.map((bytes) => bytes && new Uint8Array(bytes))
      return [role, fromMessage(arrowSchema(columns), { rows: message.rows, buffers })]
    }),
  )
}

function inShared(bytes: Uint8Array): Uint8Array {
  const shared = new Uint8Array(new SharedArrayBuffer(bytes.byteLength))
  shared.set(bytes)
  return shared
}
