import type { RecordBatch, Schema } from 'apache-arrow'
import { batchOf } from './column-data.ts'
import { type Parcel, packColumn } from './pack-column.ts'
import { unpackColumn } from './unpack-column.ts'

/**
 * A batch without its schema, for `postMessage`. Buffers stand in the order of the columns: validity (null where no row is null),
 * offsets (text and bytes only), values; the columns of a dictionary's texts follow its codes.
 */
export interface BatchMessage {
  readonly rows: number
  readonly buffers: readonly (Uint8Array | null)[]
}

/**
 * Makes a message of a batch, to be posted with the list `transfer`. A buffer that a column fills is given away and must not be used
 * afterwards; one that it shares (a slice, a dictionary, what `owns` denies) is copied. Throws `unsupported_type` for nested columns.
 */
export function toMessage(
  batch: RecordBatch,
  owns: (buffer: ArrayBuffer) => boolean = () => true,
): { readonly message: BatchMessage; readonly transfer: ArrayBuffer[] } {
  const parcel: Parcel = { buffers: [], transfer: new Set(), owns }
  for (const [index, field] of batch.schema.fields.entries())
    packColumn(parcel, { name: field.name, data: batch.data.children[index]! })
  return { message: { rows: batch.numRows, buffers: parcel.buffers }, transfer: [...parcel.transfer] }
}

/** Makes a batch of a message, over the message's memory. `schema` must be the sender's. */
export function fromMessage(schema: Schema, { rows, buffers }: BatchMessage): RecordBatch {
  const rest = buffers.values()
  return batchOf(
    schema,
    rows,
    schema.fields.map(({ type }) => unpackColumn({ type, rows, buffers: rest })),
  )
}
