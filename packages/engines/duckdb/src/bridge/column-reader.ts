import { duckdbType, enumValues } from '@sillage/sql/arrow'
import { DataType, type Field, makeData } from 'apache-arrow'
import type { ColumnReader } from './column-port.ts'
import { packBooleans, sameBytes, widenDecimals } from './copy-values.ts'
import { FixedReader } from './fixed-reader.ts'
import { TextReader } from './text-reader.ts'
import { textVector } from './text-vector.ts'

/** The reader for a field of `arrowSchema`. `capacity` is the largest number of rows of a batch. */
export function columnReader(field: Field, capacity: number): ColumnReader {
  const { type } = field
  if (DataType.isNull(type)) return { append: () => {}, take: (length) => makeData({ type, length }) }
  if (DataType.isUtf8(type) || DataType.isBinary(type)) return new TextReader(type, capacity)
  if (DataType.isBool(type))
    return new FixedReader({ type, capacity, stored: 1, kept: 1 / 8, copy: packBooleans })
  if (DataType.isDictionary(type)) {
    const bytes = type.indices.bitWidth / 8
    const dictionary = textVector(enumValues(duckdbType(field)) ?? [])
    return new FixedReader({ type, capacity, stored: bytes, kept: bytes, copy: sameBytes(bytes), dictionary })
  }
  if (DataType.isDecimal(type)) {
    const stored = decimalBytes(type.precision)
    return new FixedReader({
      type,
      capacity,
      stored,
      kept: 16,
      copy: stored === 16 ? sameBytes(16) : widenDecimals(stored),
    })
  }
  const bytes: number = type.ArrayType.BYTES_PER_ELEMENT
  return new FixedReader({ type, capacity, stored: bytes, kept: bytes, copy: sameBytes(bytes) })
}

/** Bytes that DuckDB uses for a decimal of the precision. */
export function decimalBytes(precision: number): 2 | 4 | 8 | 16 {
  return precision <= 4 ? 2 : precision <= 9 ? 4 : precision <= 18 ? 8 : 16
}
