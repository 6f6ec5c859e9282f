import type { Cell } from '@sillage/sdk'
import { arrowSchema, columnData, enumValues } from '@sillage/sql/arrow'
import { type Data, DataType, type Decimal, type Dictionary, TimeUnit, Utf8, Vector } from 'apache-arrow'
import { encodeTexts } from './encode-texts.ts'
import { daysOf, timeOf, timestampOf, wholeOf } from './time-cells.ts'
import { validityOf } from './validity.ts'

/** A column by DuckDB's name of its type. Throws `unsupported_type`, and RangeError for a cell that the type does not hold exactly. */
export function typedColumn(type: string, cells: readonly Cell[]): Data {
  const arrow = arrowSchema([{ name: 'column', type }]).fields[0]!.type
  const rows = cells.length
  return columnData({ type: arrow, rows, validity: validityOf(cells), ...buffersOf({ type, arrow, cells }) })
}

interface Typed<T extends DataType = DataType> {
  /** DuckDB's name. */
  readonly type: string
  readonly arrow: T
  readonly cells: readonly Cell[]
}

interface Buffers {
  readonly values?: ArrayBufferView
  readonly offsets?: Int32Array
  readonly dictionary?: Vector
}

function buffersOf({ type, arrow, cells }: Typed): Buffers {
  if (DataType.isNull(arrow)) {
    each({ type, cells }, () => undefined)
    return {}
  }
  if (DataType.isUtf8(arrow)) {
    each({ type, cells }, (cell) => (typeof cell === 'string' ? true : undefined))
    return encodeTexts(cells as readonly (string | null | undefined)[])
  }
  if (DataType.isBinary(arrow)) return bytesOf({ type, cells })
  if (DataType.isBool(arrow)) return { values: bitsOf({ type, cells }) }
  if (DataType.isDecimal(arrow)) return { values: decimalsOf({ type, arrow, cells }) }
  if (DataType.isDictionary(arrow)) return codesOf({ type, arrow, cells })
  return { values: numbersOf({ type, arrow, cells }) }
}

/** Reads every cell that is not null. Throws RangeError where the reader finds nothing. */
function each<V>(
  { type, cells }: Pick<Typed, 'type' | 'cells'>,
  read: (cell: Exclude<Cell, null | undefined>, row: number) => V | undefined,
  take?: (value: V, row: number) => void,
): void {
  for (const [row, cell] of cells.entries()) {
    if (cell === null || cell === undefined) continue
    const value = read(cell, row)
    if (value === undefined)
      throw new RangeError(`row ${row} of the batch is no value that ${type} holds exactly`)
    take?.(value, row)
  }
}

function bytesOf({ type, cells }: Pick<Typed, 'type' | 'cells'>): Buffers {
  const offsets = new Int32Array(cells.length + 1)
  const parts: (Uint8Array | undefined)[] = Array.from(cells, () => undefined)
  each(
    { type, cells },
    (cell) => (cell instanceof Uint8Array ? cell : undefined),
    (bytes, row) => {
      parts[row] = bytes
    },
  )
  let end = 0
  for (const [row, part] of parts.entries()) {
    end += part?.length ?? 0
    if (end > 0x7fff_ffff) throw new RangeError('the bytes of one batch exceed two gigabytes')
    offsets[row + 1] = end
  }
  const values = new Uint8Array(end)
  for (const [row, part] of parts.entries()) if (part) values.set(part, offsets[row])
  return { offsets, values }
}

function bitsOf({ type, cells }: Pick<Typed, 'type' | 'cells'>): Uint8Array {
  const values = new Uint8Array((cells.length + 7) >> 3)
  each(
    { type, cells },
    (cell) => (typeof cell === 'boolean' ? cell : undefined),
    (isTrue, row) => {
      if (isTrue) values[row >> 3]! |= 1 << (row & 7)
    },
  )
  return values
}

/** 128 bits a value, the low half first. A HUGEINT takes all of them, a DECIMAL as many digits as it says. */
function decimalsOf({ type, arrow, cells }: Typed<Decimal>): Uint32Array {
  const most = type === 'HUGEINT' ? 2n ** 127n : 10n ** BigInt(arrow.precision)
  const least = type === 'HUGEINT' ? -most : 1n - most
  const values = new Uint32Array(cells.length * 4)
  const halves = new BigUint64Array(values.buffer)
  each(
    { type, cells },
    (cell) => {
      const value = unscaledOf(cell, arrow.scale)
      return value !== undefined && value >= least && value < most ? value : undefined
    },
    (value, row) => {
      halves[row * 2] = BigInt.asUintN(64, value)
      halves[row * 2 + 1] = BigInt.asUintN(64, value >> 64n)
    },
  )
  return values
}

const decimalText = /^([+-]?)(\d+)(?:\.(\d+))?(?:e([+-]\d+))?$/

/** The value times ten to the scale; undefined where it is no number or has more decimals. A number is what JavaScript prints. */
function unscaledOf(cell: Cell, scale: number): bigint | undefined {
  if (typeof cell === 'bigint') return cell * 10n ** BigInt(scale)
  if (typeof cell !== 'number' && typeof cell !== 'string') return undefined
  const [, sign, whole, fraction = '', exponent = '0'] = decimalText.exec(String(cell)) ?? []
  if (whole === undefined) return undefined
  const digits = BigInt(whole + fraction)
  const shift = scale - fraction.length + Number(exponent)
  // A text may name any exponent; what none of our types holds is not computed.
  if (digits !== 0n && Math.abs(shift) > 400) return undefined
  const unit = 10n ** BigInt(digits === 0n ? 0 : Math.abs(shift))
  if (shift < 0 && digits % unit !== 0n) return undefined
  const value = shift < 0 ? digits / unit : digits * unit
  return sign === '-' ? -value : value
}

/** The values of an ENUM as a dictionary, whose codes are DuckDB's own. */
function codesOf({ type, arrow, cells }: Typed<Dictionary>): Buffers {
  const texts = enumValues(type)!
  const codes = new Map(texts.map((text, code) => [text, code]))
  const values = new arrow.indices.ArrayType(cells.length)
  each(
    { type, cells },
    (cell) => (typeof cell === 'string' ? codes.get(cell) : undefined),
    (code, row) => {
      values[row] = code
    },
  )
  const all = columnData({ type: new Utf8(), rows: texts.length, ...encodeTexts(texts) })
  return { values, dictionary: new Vector([all]) }
}

type Numbers = Extract<DataType['ArrayType'], { readonly BYTES_PER_ELEMENT: number }>

function numbersOf({ type, arrow, cells }: Typed): ArrayBufferView {
  const ArrayType = arrow.ArrayType as Numbers
  const values = new ArrayType(cells.length)
  const isBig = values instanceof BigInt64Array || values instanceof BigUint64Array
  const isFloat = DataType.isFloat(arrow)
  const read = numberReader(arrow)
  const held = new ArrayType(1)
  each(
    { type, cells },
    (cell) => {
      const found = read(cell)
      if (found === undefined) return undefined
      const value = isBig ? BigInt(found) : Number(found)
      held[0] = value
      // A FLOAT is the nearest that there is; whole numbers that are too large would wrap around.
      return isFloat || held[0] === value ? value : undefined
    },
    (value, row) => {
      values[row] = value
    },
  )
  return values
}

function numberReader(arrow: DataType): (cell: Cell) => number | bigint | undefined {
  if (DataType.isFloat(arrow)) return (cell) => (typeof cell === 'number' ? cell : undefined)
  if (DataType.isDate(arrow)) return daysOf
  if (DataType.isTime(arrow)) {
    const perSecond = unitsPerSecond(arrow.unit)
    return (cell) => timeOf(cell, perSecond)
  }
  if (DataType.isTimestamp(arrow)) {
    const facts = { perSecond: unitsPerSecond(arrow.unit), hasZone: Boolean(arrow.timezone) }
    return (cell) => timestampOf(cell, facts)
  }
  return wholeOf
}

function unitsPerSecond(unit: TimeUnit): bigint {
  return {
    [TimeUnit.SECOND]: 1n,
    [TimeUnit.MILLISECOND]: 1_000n,
    [TimeUnit.MICROSECOND]: 1_000_000n,
    [TimeUnit.NANOSECOND]: 1_000_000_000n,
  }[unit]
}
