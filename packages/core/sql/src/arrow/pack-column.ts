import { type Data, DataType } from 'apache-arrow'
import { bitmapBytes, copyBits } from './bits.ts'
import { flatDictionary } from './dictionary.ts'
import { assertValidity, unsupportedType } from './failure.ts'

export interface Parcel {
  readonly buffers: (Uint8Array | null)[]
  readonly transfer: Set<ArrayBuffer>
  readonly owns: (buffer: ArrayBuffer) => boolean
}

/** Adds the buffers of a column to a parcel; slices are made compact. */
export function packColumn(
  parcel: Parcel,
  { name, data }: { readonly name: string; readonly data: Data },
): void {
  const { type, length } = data
  if (DataType.isNull(type)) return
  if (!isFlat(data)) throw unsupportedType({ column: name, type: String(type) })
  assertValidity(data, name)
  add(parcel, data.nullCount === 0 ? null : bitsOf(data.nullBitmap, data))
  if (DataType.isUtf8(type) || DataType.isBinary(type)) {
    addText(parcel, data)
    return
  }
  if (DataType.isBool(type)) add(parcel, bitsOf(data.values, data))
  else add(parcel, bytesOf(data.values, length * data.stride * data.values.BYTES_PER_ELEMENT))
  if (!data.dictionary) return
  const dictionary = flatDictionary(data.dictionary)
  packColumn({ ...parcel, owns: () => false }, { name, data: dictionary })
}

function isFlat(data: Data): boolean {
  const { type } = data
  if (DataType.isDictionary(type)) return DataType.isUtf8(type.dictionary)
  return (
    data.children.length === 0 &&
    data.variadicBuffers.length === 0 &&
    !(data.valueOffsets instanceof BigInt64Array)
  )
}

function addText(parcel: Parcel, data: Data): void {
  const offsets: Int32Array = data.valueOffsets.subarray(0, data.length + 1)
  const start = offsets[0] ?? 0
  add(parcel, bytesOf(start === 0 ? offsets : offsets.map((offset) => offset - start), offsets.length * 4))
  add(parcel, data.values ? data.values.subarray(start, offsets[data.length]) : new Uint8Array(0))
}

/** Gives a buffer away where the bytes are all of it, else copies them. */
function add({ buffers, transfer, owns }: Parcel, bytes: Uint8Array | null): void {
  if (bytes === null || bytes.length === 0) {
    buffers.push(bytes && new Uint8Array(0))
    return
  }
  const { buffer } = bytes
  const isGiven =
    buffer instanceof ArrayBuffer &&
    buffer.byteLength === bytes.length &&
    (transfer.has(buffer) || owns(buffer))
  const sent = isGiven ? bytes : new Uint8Array(bytes)
  transfer.add(sent.buffer as ArrayBuffer)
  buffers.push(sent)
}

function bytesOf(values: ArrayBufferView, bytes: number): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, bytes)
}

/** The bits of the rows of a column, beginning at a byte. */
function bitsOf(bitmap: Uint8Array, { offset, length }: Data): Uint8Array {
  if (offset % 8 === 0) return bitmap.subarray(offset >> 3, (offset >> 3) + bitmapBytes(length))
  const target = new Uint8Array(bitmapBytes(length))
  copyBits({ source: bitmap, from: offset, target, to: 0, length })
  return target
}
