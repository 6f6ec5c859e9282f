import { Data, DataType, Dictionary, type Field, Uint32, Utf8, type Vector } from 'apache-arrow'
import { bitmapBytes, isSet } from './bits.ts'
import { columnData } from './column-data.ts'
import { enumValues } from './enum-values.ts'
import { notInEnum } from './failure.ts'
import { duckdbType } from './types.ts'

/** The texts of a dictionary column, one a row. */
export function decodeDictionary(data: Data): Data<Utf8> {
  const entries = entriesOf(data.dictionary!)
  const offsets = new Int32Array(data.length + 1)
  let end = 0
  const each = (visit: (entry: Uint8Array | undefined, row: number) => void) => {
    for (let row = 0; row < data.length; row += 1)
      visit(isValid(data, row) ? entries[Number(data.values[row])] : undefined, row)
  }
  const validity = new Uint8Array(bitmapBytes(data.length))
  each((entry, row) => {
    if (entry) validity[row >> 3]! |= 1 << (row & 7)
    end += entry?.length ?? 0
    offsets[row + 1] = end
  })
  const values = new Uint8Array(end)
  each((entry, row) => entry && values.set(entry, offsets[row]))
  return columnData({ type: new Utf8(), rows: data.length, values, offsets, validity })
}

/** The texts of a dictionary as one column. */
export function flatDictionary(dictionary: Vector): Data {
  const [only, ...more] = dictionary.data
  if (only && more.length === 0) return only
  return decodeDictionary(
    columnData({
      type: new Dictionary(new Utf8(), new Uint32()),
      rows: dictionary.length,
      values: Uint32Array.from({ length: dictionary.length }, (_, code) => code),
      dictionary,
    }),
  )
}

/** The codes of the target's ENUM for a dictionary column. Throws `not_in_enum` for a text in use that it does not name. */
export function enumCodes(data: Data, target: Field): Data {
  const type = duckdbType(target)
  const codeOf = new Map(enumValues(type)!.map((value, code) => [value, code]))
  const { dictionary } = data
  if (!DataType.isDictionary(target.type)) throw notInEnum({ column: target.name, type })
  const codes: (number | undefined | null)[] = Array.from(dictionary!, (text: string | null) =>
    text === null ? null : codeOf.get(text),
  )
  const { indices } = target.type
  const isSame =
    String(indices) === String((data.type as typeof target.type).indices) &&
    codes.every((code, index) => code === index)
  if (isSame)
    return new Data(indices, data.offset, data.length, data.nullCount, { 1: data.values, 2: data.nullBitmap })
  const values = new indices.ArrayType(data.length)
  const validity = new Uint8Array(bitmapBytes(data.length))
  for (let row = 0; row < data.length; row += 1) {
    if (!isValid(data, row)) continue
    const code = codes[Number(data.values[row])]
    if (code === undefined) throw notInEnum({ column: target.name, type })
    if (code === null) continue
    values[row] = code
    validity[row >> 3]! |= 1 << (row & 7)
  }
  return columnData({ type: indices, rows: data.length, values, validity })
}

function isValid(data: Data, row: number): boolean {
  return data.nullCount === 0 || isSet(data.nullBitmap, data.offset + row)
}

/** The bytes of each entry; undefined where an entry is null. */
function entriesOf(dictionary: Vector): readonly (Uint8Array | undefined)[] {
  return dictionary.data.flatMap((part) =>
    Array.from({ length: part.length }, (_, index) =>
      isValid(part, index)
        ? part.values.subarray(part.valueOffsets[index], part.valueOffsets[index + 1])
        : undefined,
    ),
  )
}
