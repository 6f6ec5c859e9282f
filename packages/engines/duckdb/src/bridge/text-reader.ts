import duckdb from '@duckdb/node-bindings'
import { columnData, isSet } from '@sillage/sql/arrow'
import type { Binary, Data, Utf8 } from 'apache-arrow'
import type { ColumnReader } from './column-port.ts'
import { Heap } from './heap.ts'
import { type Slice, ValidityReader } from './validity-reader.ts'

/** Texts up to this length stand in the entry itself. */
export const inlineBytes = 12
const entryBytes = 16
/** Below this, a loop over words is faster than a call that copies. */
const loopBytes = 64

/**
 * VARCHAR and BLOB columns. A vector holds an entry of 16 bytes a row: the length, then the bytes themselves or four of them and a
 * pointer. The heap behind the pointers is fetched in a few long segments, and neighbours are copied together.
 */
export class TextReader implements ColumnReader {
  readonly #type: Utf8 | Binary
  readonly #capacity: number
  readonly #validity: ValidityReader
  #offsets: Int32Array | undefined
  #bytes: Uint8Array
  #expected: number

  constructor(type: Utf8 | Binary, capacity: number) {
    this.#type = type
    this.#capacity = capacity
    this.#validity = new ValidityReader(capacity)
    this.#expected = 0
    this.#bytes = new Uint8Array(0)
  }

  append(slice: Slice): void {
    const { vector, from, to, at } = slice
    const bits = this.#validity.append(slice)
    const data = duckdb.vector_get_data(vector, to * entryBytes)
    const entries = new Int32Array(data.buffer, data.byteOffset, to * 4)
    this.#offsets ??= new Int32Array(this.#capacity + 1)
    if (bits) emptyNulls({ entries, bits, from, to })
    const heap = new Heap()
    const end = measure({ entries, from, to, at, offsets: this.#offsets, heap })
    this.#reserve(this.#offsets[at]!, end)
    copyTexts({ entries, from, to, at, offsets: this.#offsets, target: this.#bytes, heap })
  }

  take(rows: number): Data {
    const offsets = this.#offsets?.subarray(0, rows + 1) ?? new Int32Array(1)
    const bytes = this.#bytes.subarray(0, offsets[rows]!)
    const validity = this.#validity.take(rows)
    this.#expected = Math.ceil(bytes.length * 1.1)
    this.#offsets = undefined
    this.#bytes = new Uint8Array(0)
    return columnData({ type: this.#type, rows, values: bytes, offsets, validity })
  }

  /** Room for `end` bytes and for the slack that copying whole words may write. */
  #reserve(used: number, end: number): void {
    if (end + entryBytes <= this.#bytes.length) return
    const room = Math.max(end + entryBytes, this.#bytes.length * 2, this.#expected + entryBytes)
    const grown = new Uint8Array(room)
    grown.set(this.#bytes.subarray(0, used))
    this.#bytes = grown
  }
}

/** Whatever stands under a NULL is not read. */
function emptyNulls({
  entries,
  bits,
  from,
  to,
}: {
  readonly entries: Int32Array
  readonly bits: Uint8Array
  readonly from: number
  readonly to: number
}): void {
  for (let row = from; row < to; row += 1) if (!isSet(bits, row)) entries[row * 4] = 0
}

interface Texts {
  readonly entries: Int32Array
  readonly from: number
  readonly to: number
  readonly at: number
  readonly offsets: Int32Array
  readonly heap: Heap
}

/** Writes the offsets and tells the heap what will be read; returns the end of the last text. */
function measure({ entries, from, to, at, offsets, heap }: Texts): number {
  let end = offsets[at]!
  for (let row = from, out = at + 1; row < to; row += 1, out += 1) {
    const length = entries[row * 4]!
    if (length > inlineBytes) heap.expect(address(entries, row), length)
    end += length
    offsets[out] = end
  }
  heap.fetch()
  return end
}

function copyTexts({
  entries,
  from,
  to,
  at,
  offsets,
  target,
  heap,
}: Texts & { readonly target: Uint8Array }): void {
  const view = new DataView(target.buffer)
  let row = from
  let position = offsets[at]!
  while (row < to) {
    const length = entries[row * 4]!
    if (length <= inlineBytes) {
      view.setInt32(position, entries[row * 4 + 1]!, true)
      view.setInt32(position + 4, entries[row * 4 + 2]!, true)
      view.setInt32(position + 8, entries[row * 4 + 3]!, true)
      position += length
      row += 1
      continue
    }
    const start = address(entries, row)
    let bytes = length
    row += 1
    while (row < to && entries[row * 4]! > inlineBytes && address(entries, row) === start + bytes) {
      bytes += entries[row * 4]!
      row += 1
    }
    const source = heap.at(start)
    copyBytes({ source: source.view, from: start - source.start, view, target, position, bytes })
    position += bytes
  }
}

function copyBytes({
  source,
  from,
  view,
  target,
  position,
  bytes,
}: {
  readonly source: DataView
  readonly from: number
  readonly view: DataView
  readonly target: Uint8Array
  readonly position: number
  readonly bytes: number
}): void {
  if (bytes > loopBytes) {
    target.set(new Uint8Array(source.buffer, source.byteOffset + from, bytes), position)
    return
  }
  const last = bytes - 4
  for (let byte = 0; byte < last; byte += 4)
    view.setInt32(position + byte, source.getInt32(from + byte, true), true)
  view.setInt32(position + last, source.getInt32(from + last, true), true)
}

/** The pointer of an entry; addresses of a process stay below 2^53. */
function address(entries: Int32Array, row: number): number {
  return (entries[row * 4 + 2]! >>> 0) + (entries[row * 4 + 3]! >>> 0) * 0x1_0000_0000
}
