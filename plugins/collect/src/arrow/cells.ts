import { type Sql, sql } from '@sillage/sdk'
import {
  type Data,
  DataType,
  type Decimal,
  type Field,
  type Time,
  type Timestamp,
  TimeUnit,
  type Vector,
} from 'apache-arrow'

/** How a column travels through text without losing anything. */
export interface TextColumn {
  readonly name: string
  /** Text of each row of a batch; undefined is null. */
  readonly cells: (vector: Vector) => (row: number) => string | undefined
  /** The text as the type that it had. */
  readonly value: Sql
}

type Cell = (vector: Vector) => (row: number) => string | undefined

const perSecond = {
  [TimeUnit.SECOND]: 1,
  [TimeUnit.MILLISECOND]: 1e3,
  [TimeUnit.MICROSECOND]: 1e6,
  [TimeUnit.NANOSECOND]: 1e9,
} as const

/** Texts stay texts (a dictionary's too), bytes travel as hexadecimals, times as integers of their unit; lists and structs become JSON text. */
export function textColumn({ name, type }: Field): TextColumn {
  const column = sql.id(name)
  const plain = DataType.isDictionary(type) ? type.dictionary : type
  const cast = (to: string): Sql => sql`cast(${column} as ${sql.trusted(to)})`
  if (DataType.isUtf8(plain) || DataType.isLargeUtf8(plain))
    return { name, cells: byGet(String), value: column }
  if (DataType.isDictionary(type)) return { name, cells: byGet(jsonText), value: column }
  if (DataType.isNull(type)) return { name, cells: () => () => undefined, value: column }
  if (DataType.isBool(type)) return { name, cells: byGet(String), value: cast('boolean') }
  if (DataType.isInt(type))
    return {
      name,
      cells: byGet(String),
      value: cast(`${type.isSigned ? '' : 'u'}${integers[type.bitWidth]}`),
    }
  if (DataType.isFloat(type))
    return { name, cells: byGet(numberText), value: cast(type.precision === 2 ? 'double' : 'float') }
  if (DataType.isDecimal(type))
    return { name, cells: byRaw(decimalText(type)), value: cast(`decimal(${type.precision}, ${type.scale})`) }
  if (DataType.isDate(type))
    return {
      name,
      cells: byRaw(String),
      value:
        type.unit === 0
          ? sql`date '1970-01-01' + ${cast('integer')}`
          : sql`cast(epoch_ms(${cast('bigint')}) as date)`,
    }
  if (DataType.isTimestamp(type)) return { name, cells: byRaw(String), value: instant(type, cast('bigint')) }
  if (DataType.isTime(type)) return { name, cells: byRaw(String), value: timeOfDay(type, cast('bigint')) }
  if (DataType.isBinary(type) || DataType.isLargeBinary(type) || DataType.isFixedSizeBinary(type))
    return { name, cells: byGet(hexText), value: sql`unhex(${column})` }
  return { name, cells: byGet(jsonText), value: column }
}

const integers: Readonly<Record<number, string>> = {
  8: 'tinyint',
  16: 'smallint',
  32: 'integer',
  64: 'bigint',
}

function byGet(text: (value: never) => string): Cell {
  return (vector) => (row) => {
    const value: unknown = vector.get(row)
    return value === null || value === undefined ? undefined : text(value as never)
  }
}

/** The stored number itself: Arrow's own getter gives times in milliseconds as doubles. */
function byRaw(text: (values: ArrayLike<number | bigint>, stride: number) => string): Cell
function byRaw(text: (value: number | bigint) => string): Cell
function byRaw(text: (...parts: never[]) => string): Cell {
  return (vector) => {
    const data: Data = vector.data[0]!
    const { stride } = data
    return (row) => {
      if (!data.getValid(row)) return undefined
      if (stride === 1) return (text as (value: unknown) => string)(data.values[row])
      return (text as (values: unknown) => string)(data.values.subarray(row * stride, (row + 1) * stride))
    }
  }
}

function numberText(value: number): string {
  if (Number.isNaN(value)) return 'nan'
  if (Object.is(value, -0)) return '-0.0'
  return Number.isFinite(value) ? String(value) : value > 0 ? 'inf' : '-inf'
}

/** Two's complement over 32-bit words, the lowest first. */
function decimalText({ scale }: Decimal): (words: ArrayLike<number | bigint>) => string {
  return (words) => {
    let bits = 0n
    for (let index = words.length - 1; index >= 0; index -= 1) bits = (bits << 32n) | BigInt(words[index]!)
    const value = BigInt.asIntN(words.length * 32, bits)
    const digits = (value < 0n ? -value : value).toString().padStart(scale + 1, '0')
    const point = digits.length - scale
    return `${value < 0n ? '-' : ''}${digits.slice(0, point)}${scale > 0 ? `.${digits.slice(point)}` : ''}`
  }
}

function instant({ unit, timezone }: Timestamp, value: Sql): Sql {
  const local =
    unit === TimeUnit.NANOSECOND
      ? sql`make_timestamp_ns(${value})`
      : sql`make_timestamp(${value} * ${1e6 / perSecond[unit]})`
  return timezone ? sql`${local} at time zone 'UTC'` : local
}

function timeOfDay({ unit }: Time, value: Sql): Sql {
  const micros =
    unit === TimeUnit.NANOSECOND ? sql`${value} // 1000` : sql`${value} * ${1e6 / perSecond[unit]}`
  return sql`time '00:00:00' + to_microseconds(${micros})`
}

function hexText(value: Uint8Array): string {
  return Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('hex')
}

function jsonText(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) => (typeof inner === 'bigint' ? String(inner) : inner))
}
