import { isAscii } from 'node:buffer'
import duckdb from '@duckdb/node-bindings'
import { invalidText, isSet, shortColumn } from '@sillage/sql/arrow'
import type { Data } from 'apache-arrow'
import type { ColumnWriter } from './column-port.ts'
import { inlineBytes } from './text-reader.ts'

const entryWords = 4
const entryBytes = 16
const emptyEntry = new ArrayBuffer(entryBytes)
const entries = new Int32Array(duckdb.vector_size() * entryWords)
/** By number of bytes, keeps so many of a word: unused bytes of an entry are zero, since DuckDB compares whole entries. */
const masks = Int32Array.from({ length: inlineBytes + 1 }, (_, bytes) =>
  bytes >= 4 ? -1 : 2 ** (bytes * 8) - 1,
)

/**
 * Writes VARCHAR and BLOB columns: DuckDB gets the bytes of all rows as one blob, says where it put them, and then gets entries
 * that point into it. Throws `invalid_text` where a text is not UTF-8.
 */
export function textWriter({
  data,
  column,
  isText,
}: {
  readonly data: Data
  readonly column: string
  readonly isText: boolean
}): ColumnWriter {
  const offsets: Int32Array = data.valueOffsets
  const bytes: Uint8Array = data.values ?? new Uint8Array(0)
  if (offsets.length <= data.length || offsets[data.length]! > bytes.length) throw shortColumn({ column })
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const validity = data.nullCount === 0 ? undefined : data.nullBitmap
  return (vector, from, rows) => {
    const start = offsets[from]!
    const end = offsets[from + rows]!
    const blob = bytes.subarray(start, end)
    const heap = blob.length === 0 ? 0 : place(vector, blob)
    if (heap === undefined) throw invalidText({ column })
    // The pointer in two halves: arithmetic on 32-bit integers, with the carry by hand.
    const low = heap | 0
    const high = Math.floor(heap / 0x1_0000_0000)
    // Where all bytes are ASCII, no text can begin inside a character.
    const mayCut = isText && !isAscii(blob)
    let offset = start
    for (let row = 0, at = 0; row < rows; row += 1, at += entryWords) {
      const next = offsets[from + row + 1]!
      if (mayCut && offset < end && isInsideCharacter(bytes[offset]!)) throw invalidText({ column })
      const length = validity !== undefined && !isSet(validity, data.offset + from + row) ? 0 : next - offset
      entries[at] = length
      if (length <= inlineBytes) {
        if (offset + inlineBytes <= bytes.length) {
          entries[at + 1] = length > 0 ? view.getInt32(offset, true) & masks[length]! : 0
          entries[at + 2] = length > 4 ? view.getInt32(offset + 4, true) & masks[length - 4]! : 0
          entries[at + 3] = length > 8 ? view.getInt32(offset + 8, true) & masks[length - 8]! : 0
        } else inlineLast(view, offset, length, at)
      } else {
        const pointer = (low + offset - start) | 0
        entries[at + 1] = view.getInt32(offset, true)
        entries[at + 2] = pointer
        entries[at + 3] = pointer >>> 0 < low >>> 0 ? high + 1 : high
      }
      offset = next
    }
    duckdb.copy_data_to_vector(vector, 0, entries.buffer, 0, rows * entryBytes)
  }
}

/** Where DuckDB put the blob; 0 where it is short enough for an entry, undefined where it refused it. */
function place(vector: duckdb.Vector, blob: Uint8Array): number | undefined {
  // A refused blob leaves the entry as it was: whatever stood there must not look like an answer.
  duckdb.copy_data_to_vector(vector, 0, emptyEntry, 0, entryBytes)
  duckdb.vector_assign_string_element_len(vector, 0, blob)
  const entry = duckdb.vector_get_data(vector, entryBytes)
  const words = new Uint32Array(entry.buffer, entry.byteOffset, entryWords)
  if (words[0] !== blob.length) return undefined
  return blob.length <= inlineBytes ? 0 : words[2]! + words[3]! * 0x1_0000_0000
}

/** No text may begin there: together with a valid blob, each text is valid then. */
function isInsideCharacter(byte: number): boolean {
  return (byte & 0xc0) === 0x80
}

/** A short text at the end of its column: byte by byte, since a word would reach beyond. */
function inlineLast(view: DataView, offset: number, length: number, at: number): void {
  for (let word = 0; word < 3; word += 1) {
    let value = 0
    for (let byte = word * 4; byte < Math.min(length, word * 4 + 4); byte += 1)
      value |= view.getUint8(offset + byte) << ((byte & 3) * 8)
    entries[at + 1 + word] = value
  }
}
