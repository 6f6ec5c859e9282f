import {
  Binary,
  Bool,
  DataType,
  DateDay,
  Decimal,
  Dictionary,
  Field,
  Float32,
  Float64,
  Int8,
  Int16,
  Int32,
  Int64,
  Null,
  Schema,
  TimeMicrosecond,
  TimeNanosecond,
  TimestampMicrosecond,
  TimestampMillisecond,
  TimestampNanosecond,
  TimestampSecond,
  Uint8,
  Uint16,
  Uint32,
  Uint64,
  Utf8,
} from 'apache-arrow'
import type { Column } from '../column.ts'
import { enumValues } from './enum-values.ts'
import { unsupportedType } from './failure.ts'

/** Where a field keeps DuckDB's name of its type, for the types that Arrow cannot tell apart (HUGEINT, JSON, ENUM). */
const typeKey = 'sillage:type'

const plain: Readonly<Record<string, () => DataType>> = {
  '"NULL"': () => new Null(),
  BOOLEAN: () => new Bool(),
  TINYINT: () => new Int8(),
  SMALLINT: () => new Int16(),
  INTEGER: () => new Int32(),
  BIGINT: () => new Int64(),
  UTINYINT: () => new Uint8(),
  USMALLINT: () => new Uint16(),
  UINTEGER: () => new Uint32(),
  UBIGINT: () => new Uint64(),
  HUGEINT: () => new Decimal(0, 38, 128),
  FLOAT: () => new Float32(),
  DOUBLE: () => new Float64(),
  VARCHAR: () => new Utf8(),
  JSON: () => new Utf8(),
  BLOB: () => new Binary(),
  DATE: () => new DateDay(),
  TIME: () => new TimeMicrosecond(),
  TIME_NS: () => new TimeNanosecond(),
  TIMESTAMP: () => new TimestampMicrosecond(),
  TIMESTAMP_S: () => new TimestampSecond(),
  TIMESTAMP_MS: () => new TimestampMillisecond(),
  TIMESTAMP_NS: () => new TimestampNanosecond(),
  'TIMESTAMP WITH TIME ZONE': () => new TimestampMicrosecond('UTC'),
}

const nameOf: ReadonlyMap<string, string> = new Map(
  Object.entries(plain)
    .filter(([name]) => name !== 'HUGEINT' && name !== 'JSON')
    .map(([name, make]) => [String(make()), name]),
)

/**
 * The Arrow schema of columns: every field nullable, in the order of the columns. HUGEINT travels as Decimal128(38, 0): the same
 * 128 bits, so nothing is lost; ENUM as a dictionary of Utf8 whose codes are DuckDB's own. A dictionary's id is its column's position.
 * Throws `unsupported_type` for what has no flat Arrow column (LIST, STRUCT, MAP, UUID, INTERVAL, UHUGEINT, …).
 */
export function arrowSchema(columns: readonly Column[]): Schema {
  return new Schema(columns.map((column, index) => arrowField(column, index)))
}

/** DuckDB's name of a field's type; plain text for a dictionary that does not say its ENUM. Throws `unsupported_type`. */
export function duckdbType(field: Field): string {
  const known = field.metadata.get(typeKey)
  if (known !== undefined) return known
  const { type } = field
  if (DataType.isDecimal(type)) return `DECIMAL(${type.precision},${type.scale})`
  if (DataType.isDictionary(type) && DataType.isUtf8(type.dictionary)) return 'VARCHAR'
  const name = nameOf.get(String(type))
  if (name === undefined) throw unsupportedType({ column: field.name, type: String(type) })
  return name
}

function arrowField({ name, type }: Column, index: number): Field {
  const values = enumValues(type)
  if (values) return new Field(name, enumType(values.length, index), true, new Map([[typeKey, type]]))
  const decimal = /^DECIMAL\((\d+),\s*(\d+)\)$/.exec(type)
  if (decimal) return new Field(name, new Decimal(Number(decimal[2]), Number(decimal[1]), 128), true)
  const make = plain[type]
  if (!make) throw unsupportedType({ column: name, type })
  const ambiguous = type === 'HUGEINT' || type === 'JSON'
  return new Field(name, make(), true, ambiguous ? new Map([[typeKey, type]]) : undefined)
}

/** DuckDB stores codes in one byte up to 255 values, in two up to 65,535. */
function enumType(size: number, id: number): Dictionary {
  const codes = size <= 0xff ? new Uint8() : size <= 0xffff ? new Uint16() : new Uint32()
  return new Dictionary(new Utf8(), codes, id)
}
