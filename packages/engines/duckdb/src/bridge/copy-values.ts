/** Copies the values of rows `[from, to)` of a DuckDB vector to row `at` and after of an Arrow column. */
export type CopyValues = (facts: {
  readonly source: Uint8Array
  readonly from: number
  readonly to: number
  readonly target: ArrayBuffer
  readonly at: number
}) => void

/** For values that are the same bytes on both sides. */
export function sameBytes(bytes: number): CopyValues {
  return ({ source, from, to, target, at }) =>
    new Uint8Array(target).set(source.subarray(from * bytes, to * bytes), at * bytes)
}

/** For decimals of two, four or eight bytes: Arrow keeps sixteen, with the sign carried up. */
export function widenDecimals(bytes: 2 | 4 | 8): CopyValues {
  if (bytes === 8)
    return ({ source, from, to, target, at }) => {
      const words = new Int32Array(source.buffer, source.byteOffset, to * 2)
      const wide = new Int32Array(target)
      for (let row = from, out = at * 4; row < to; row += 1, out += 4) {
        const high = words[row * 2 + 1]!
        wide[out] = words[row * 2]!
        wide[out + 1] = high
        wide[out + 2] = wide[out + 3] = high >> 31
      }
    }
  const View = bytes === 2 ? Int16Array : Int32Array
  return ({ source, from, to, target, at }) => {
    const narrow = new View(source.buffer as ArrayBuffer, source.byteOffset, to)
    const wide = new Int32Array(target)
    for (let row = from, out = at * 4; row < to; row += 1, out += 4) {
      const value = narrow[row]!
      wide[out] = value
      wide[out + 1] = wide[out + 2] = wide[out + 3] = value >> 31
    }
  }
}

/** For booleans: a byte each in DuckDB, of which only the lowest bit means something under NULL; a bit each in Arrow. */
export const packBooleans: CopyValues = ({ source, from, to, target, at }) => {
  const bits = new Uint8Array(target)
  let row = from
  let out = at
  for (; row < to && (out & 7) !== 0; row += 1, out += 1) bits[out >> 3]! |= (source[row]! & 1) << (out & 7)
  for (; row + 8 <= to; row += 8, out += 8) {
    let byte = 0
    for (let bit = 0; bit < 8; bit += 1) byte |= (source[row + bit]! & 1) << bit
    bits[out >> 3] = byte
  }
  for (; row < to; row += 1, out += 1) bits[out >> 3]! |= (source[row]! & 1) << (out & 7)
}

/** Fills `target` with rows `[from, from + rows)` of Arrow's values, as a vector keeps them. */
export type ConvertValues = (facts: {
  readonly source: Uint8Array
  readonly from: number
  readonly rows: number
  readonly target: ArrayBuffer
}) => void

/** The way back from `widenDecimals`: the low bytes. */
export function narrowDecimals(bytes: 2 | 4 | 8): ConvertValues {
  return ({ source, from, rows, target }) => {
    const wide = words(source)
    if (bytes === 8) {
      const narrow = new Int32Array(target)
      for (let row = 0, at = from * 4; row < rows; row += 1, at += 4) {
        narrow[row * 2] = wide[at]!
        narrow[row * 2 + 1] = wide[at + 1]!
      }
      return
    }
    const narrow = bytes === 2 ? new Int16Array(target) : new Int32Array(target)
    for (let row = 0, at = from * 4; row < rows; row += 1, at += 4) narrow[row] = wide[at]!
  }
}

/** The way back from `packBooleans`; `from` counts bits. */
export const unpackBooleans: ConvertValues = ({ source, from, rows, target }) => {
  const bytes = new Uint8Array(target)
  for (let row = 0, bit = from; row < rows; row += 1, bit += 1)
    bytes[row] = (source[bit >> 3]! >> (bit & 7)) & 1
}

function words(source: Uint8Array): Int32Array {
  const aligned = source.byteOffset % 4 === 0 ? source : source.slice()
  return new Int32Array(aligned.buffer, aligned.byteOffset, aligned.byteLength >> 2)
}
