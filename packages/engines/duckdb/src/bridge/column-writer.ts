import duckdb from '@duckdb/node-bindings'
import {
  assertValidity,
  bitmapBytes,
  copyBits,
  decodeDictionary,
  enumCodes,
  shortColumn,
} from '@sillage/sql/arrow'
import { type Data, DataType, type Field } from 'apache-arrow'
import type { ColumnWriter } from './column-port.ts'
import { decimalBytes } from './column-reader.ts'
import { narrowDecimals, unpackBooleans } from './copy-values.ts'
import { textWriter } from './text-writer.ts'

/** The writer of a column into a table's column, whose field is `target`; their types agree, but for dictionaries and nulls. */
export function columnWriter(data: Data, target: Field): ColumnWriter {
  if (DataType.isNull(data.type))
    return (vector, _, rows) => writeValidity({ vector, bitmap: noValues, from: 0, rows })
  assertValidity(data, target.name)
  const plain = withoutDictionary(data, target)
  const writeValues = valuesWriter(plain, target)
  if (plain.nullCount === 0) return writeValues
  const { nullBitmap, offset } = plain
  return (vector, from, rows) => {
    writeValues(vector, from, rows)
    writeValidity({ vector, bitmap: nullBitmap, from: offset + from, rows })
  }
}

const vectorRows = duckdb.vector_size()
const noValues = new Uint8Array(bitmapBytes(vectorRows))

function withoutDictionary(data: Data, target: Field): Data {
  if (!DataType.isDictionary(data.type)) return data
  return DataType.isDictionary(target.type) ? enumCodes(data, target) : decodeDictionary(data)
}

function valuesWriter(data: Data, target: Field): ColumnWriter {
  const { type, name: column } = target
  if (DataType.isUtf8(type) || DataType.isBinary(type))
    return textWriter({ data, column, isText: DataType.isUtf8(type) })
  if (DataType.isBool(type))
    return converted({ column, data, stored: 1, kept: 1 / 8, convert: unpackBooleans })
  if (DataType.isDecimal(type)) {
    const stored = decimalBytes(type.precision)
    if (stored === 16) return sameBytesWriter({ column, data, bytes: 16 })
    return converted({ column, data, stored, kept: 16, convert: narrowDecimals(stored) })
  }
  const { ArrayType } = DataType.isDictionary(type) ? type.indices : type
  return sameBytesWriter({ column, data, bytes: ArrayType.BYTES_PER_ELEMENT })
}

function sameBytesWriter({
  column,
  data,
  bytes,
}: {
  readonly column: string
  readonly data: Data
  readonly bytes: number
}): ColumnWriter {
  const values = bytesOf({ column, data, bytes: data.length * bytes })
  return (vector, from, rows) =>
    duckdb.copy_data_to_vector(vector, 0, values.buffer, values.byteOffset + from * bytes, rows * bytes)
}

interface Conversion {
  readonly column: string
  readonly data: Data
  readonly stored: number
  readonly kept: number
  /** Fills `target` from the rows `[from, from + rows)` of the Arrow bytes. */
  readonly convert: (facts: {
    readonly source: Uint8Array
    readonly from: number
    readonly rows: number
    readonly target: ArrayBuffer
  }) => void
}

function converted({ column, data, stored, kept, convert }: Conversion): ColumnWriter {
  const first = kept < 1 ? data.offset : 0
  const source = bytesOf({ column, data, bytes: Math.ceil((first + data.length) * kept) })
  const target = new ArrayBuffer(vectorRows * stored)
  return (vector, from, rows) => {
    convert({ source, from: first + from, rows, target })
    duckdb.copy_data_to_vector(vector, 0, target, 0, rows * stored)
  }
}

/** The values as bytes. Copying to a vector is not checked by the bindings, so that a column shorter than it says must stop here. */
function bytesOf({
  column,
  data,
  bytes,
}: {
  readonly column: string
  readonly data: Data
  readonly bytes: number
}): Uint8Array<ArrayBuffer> {
  const values: ArrayBufferView | undefined = data.values
  if (values && values.byteLength >= bytes)
    return new Uint8Array(values.buffer as ArrayBuffer, values.byteOffset, bytes)
  if (data.nullCount === data.length) return new Uint8Array(bytes)
  throw shortColumn({ column })
}

const scratch = new Uint8Array(bitmapBytes(vectorRows))

function writeValidity({
  vector,
  bitmap,
  from,
  rows,
}: {
  readonly vector: duckdb.Vector
  readonly bitmap: Uint8Array
  readonly from: number
  readonly rows: number
}): void {
  copyBits({ source: bitmap, from, target: scratch, to: 0, length: rows })
  duckdb.vector_ensure_validity_writable(vector)
  duckdb.copy_data_to_vector_validity(vector, 0, scratch.buffer, 0, bitmapBytes(rows))
}
