import { type Sql, sql } from '@sillage/sdk'
import {
  type Data,
  DataType,
  type Decimal,
  type Duration,
  type Float,
  type Interval,
  IntervalUnit,
  type Time,
  type Timestamp,
  TimeUnit,
  Vector,
} from 'apache-arrow'
import { dateText, instantText, perSecond, timeText } from './times.ts'

type Write = (data: Data) => (row: number) => string

/** How the values of a type, none of them null, travel through text without losing anything. */
export interface Kind {
  readonly text: Write
  /** Within lists and structs, as JSON. */
  readonly json: Write
  /** A column of such texts as the type that it had; absent of what stays text. */
  readonly cast?: (column: Sql) => Sql
}

const widest = 38
const integers: Readonly<Record<number, string>> = {
  8: 'tinyint',
  16: 'smallint',
  32: 'integer',
  64: 'bigint',
}

/** The kind of a type that is neither a dictionary nor holds others; undefined where DuckDB has none such. */
export function plainKind(type: DataType): Kind | undefined {
  if (DataType.isNull(type)) return alike(() => () => 'null')
  if (DataType.isUtf8(type) || DataType.isLargeUtf8(type) || DataType.isUtf8View(type))
    return asString(byGet(String))
  if (DataType.isBool(type)) return { ...alike(byGet(String)), cast: castTo('boolean') }
  if (DataType.isInt(type))
    return { ...alike(byGet(String)), cast: castTo(`${type.isSigned ? '' : 'u'}${integers[type.bitWidth]}`) }
  if (DataType.isFloat(type)) return float(type)
  if (DataType.isDecimal(type)) return decimal(type)
  if (DataType.isDate(type))
    return {
      ...asString(
        (data) => (row) => dateText(type.unit === 0 ? unitsAt(data, row) : unitsAt(data, row) / 86_400_000n),
      ),
      cast: castTo('date'),
    }
  if (DataType.isTimestamp(type)) return timestamp(type)
  if (DataType.isTime(type)) return timeOfDay(type)
  if (DataType.isDuration(type)) return duration(type)
  if (DataType.isInterval(type)) return interval(type)
  if (
    DataType.isBinary(type) ||
    DataType.isLargeBinary(type) ||
    DataType.isFixedSizeBinary(type) ||
    DataType.isBinaryView(type)
  )
    return {
      text: byGet(hexText),
      json: byGet((bytes: Uint8Array) => JSON.stringify(blobText(bytes))),
      cast: (column) => sql`unhex(${column})`,
    }
  return undefined
}

function alike(text: Write): Kind {
  return { text, json: text }
}

function asString(text: Write): Kind {
  return {
    text,
    json: (data) => {
      const at = text(data)
      return (row) => JSON.stringify(at(row))
    },
  }
}

function castTo(type: string): (column: Sql) => Sql {
  return (column) => sql`cast(${column} as ${sql.trusted(type)})`
}

function byGet<T>(text: (value: T) => string): Write {
  return (data) => {
    const vector = new Vector([data])
    return (row) => text(vector.get(row) as T)
  }
}

/** The stored number itself: Arrow's own getter gives times in milliseconds as doubles. */
export function unitsAt({ values }: Data, row: number): bigint {
  return BigInt((values as ArrayLike<number | bigint>)[row]!)
}

function float({ precision }: Float): Kind {
  const isSingle = precision === 1
  return {
    text: byGet(numberText),
    json: byGet((value: number) =>
      Number.isFinite(value)
        ? isSingle
          ? shortestSingle(value)
          : numberText(value)
        : JSON.stringify(String(value)),
    ),
    cast: castTo(precision === 2 ? 'double' : 'float'),
  }
}

function numberText(value: number): string {
  if (Number.isNaN(value)) return 'nan'
  if (Object.is(value, -0)) return '-0.0'
  return Number.isFinite(value) ? String(value) : value > 0 ? 'inf' : '-inf'
}

/** The fewest digits that give the single back. */
function shortestSingle(value: number): string {
  for (let digits = 1; digits < 9; digits += 1) {
    const text = value.toPrecision(digits)
    if (Math.fround(Number(text)) === value) return numberText(Number(text))
  }
  return numberText(value)
}

/** Two's complement over 32-bit words, the lowest first. A scale below zero stands for zeros before the point. */
function decimal({ precision, scale, bitWidth }: Decimal): Kind | undefined {
  const zeros = Math.max(0, -scale)
  if (precision + zeros > widest) return undefined
  const stride = bitWidth / 32
  const text: Write = (data) => {
    const words = data.values as Uint32Array
    return (row) => {
      let bits = 0n
      for (let word = stride - 1; word >= 0; word -= 1)
        bits = (bits << 32n) | BigInt(words[row * stride + word]!)
      const value = BigInt.asIntN(bitWidth, bits) * 10n ** BigInt(zeros)
      const places = Math.max(0, scale)
      const digits = (value < 0n ? -value : value).toString().padStart(places + 1, '0')
      const point = digits.length - places
      return `${value < 0n ? '-' : ''}${digits.slice(0, point)}${places > 0 ? `.${digits.slice(point)}` : ''}`
    }
  }
  return { ...alike(text), cast: castTo(`decimal(${precision + zeros}, ${Math.max(0, scale)})`) }
}

function timestamp({ unit, timezone }: Timestamp): Kind {
  const local = (units: Sql): Sql =>
    unit === TimeUnit.NANOSECOND
      ? sql`make_timestamp_ns(${units})`
      : sql`make_timestamp(${units} * ${1e6 / perSecond[unit]})`
  return {
    text: (data) => (row) => String(unitsAt(data, row)),
    json: (data) => (row) =>
      JSON.stringify(`${instantText(unitsAt(data, row), unit)}${timezone ? '+00' : ''}`),
    cast: (column) => {
      const instant = local(castTo('bigint')(column))
      return timezone ? sql`${instant} at time zone 'UTC'` : instant
    },
  }
}

function timeOfDay({ unit }: Time): Kind {
  const micros = (units: Sql): Sql =>
    unit === TimeUnit.NANOSECOND ? sql`${units} // 1000` : sql`${units} * ${1e6 / perSecond[unit]}`
  return {
    text: (data) => (row) => String(unitsAt(data, row)),
    json: (data) => (row) => JSON.stringify(timeText(unitsAt(data, row), unit)),
    cast: (column) => sql`time '00:00:00' + to_microseconds(${micros(castTo('bigint')(column))})`,
  }
}

/** DuckDB's intervals have microseconds: nanoseconds would lose digits. */
function duration({ unit }: Duration): Kind | undefined {
  if (unit === TimeUnit.NANOSECOND) return undefined
  const micros = BigInt(1e6 / perSecond[unit])
  return {
    ...asString((data) => (row) => `${unitsAt(data, row) * micros} microseconds`),
    cast: castTo('interval'),
  }
}

function interval({ unit }: Interval): Kind | undefined {
  if (unit === IntervalUnit.MONTH_DAY_NANO) return undefined
  const text: Write = ({ values }) => {
    const parts = values as Int32Array
    return unit === IntervalUnit.YEAR_MONTH
      ? (row) => `${parts[row]} months`
      : (row) => `${parts[2 * row]} days ${parts[2 * row + 1]} milliseconds`
  }
  return { ...asString(text), cast: castTo('interval') }
}

function hexText(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex')
}

/** Bytes as DuckDB writes a blob: what is no plain sign as `\x01`. */
function blobText(bytes: Uint8Array): string {
  return Buffer.from(bytes)
    .toString('latin1')
    .replaceAll(
      /[^ -~]|["'\\]/g,
      (char) => `\\x${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
    )
}
