import type { BatchMaker } from '@sillage/sdk'
import { batchOf, columnData } from '@sillage/sql/arrow'
import { Bool, type Data, Field, Float64, Int64, Schema, Utf8, Vector } from 'apache-arrow'
import { encodeTexts } from './encode-texts.ts'
import { typedColumn } from './typed-column.ts'
import { validityOf } from './validity.ts'

type Cell = number | bigint | null | undefined

/**
 * Makes vectors for one call of a plugin. `made` gathers the buffers, which leave with the result: a vector belongs to the call
 * that made it and cannot be kept for the next.
 */
export function batchMaker(made: Set<ArrayBufferLike>): BatchMaker {
  const keep = (data: Data) => {
    for (const { buffer } of [data.valueOffsets, data.values, data.nullBitmap].filter(ArrayBuffer.isView))
      made.add(buffer)
    return new Vector([data])
  }
  return {
    text: (texts) =>
      keep(
        columnData({
          type: new Utf8(),
          rows: texts.length,
          ...encodeTexts(texts),
          validity: validityOf(texts),
        }),
      ),
    integer: (cells) =>
      keep(
        columnData({
          type: new Int64(),
          rows: cells.length,
          values: integers(cells),
          validity: validityOf(cells),
        }),
      ),
    double: (cells) =>
      keep(
        columnData({
          type: new Float64(),
          rows: cells.length,
          values: doubles(cells),
          validity: validityOf(cells),
        }),
      ),
    boolean: (cells) =>
      keep(
        columnData({
          type: new Bool(),
          rows: cells.length,
          values: bits(cells),
          validity: validityOf(cells),
        }),
      ),
    column: (type, cells) => keep(typedColumn(type, cells)),
    batch: makeBatch,
  }
}

function makeBatch(columns: Readonly<Record<string, Vector>>) {
  const entries = Object.entries(columns)
  const rows = entries[0]?.[1].length ?? 0
  for (const [name, vector] of entries) {
    if (vector.length !== rows)
      throw new RangeError(`column "${name}" has ${vector.length} rows where the first has ${rows}`)
    if (vector.data.length !== 1)
      throw new RangeError(`column "${name}" is in ${vector.data.length} pieces: make it in one`)
  }
  const schema = new Schema(entries.map(([name, { type }]) => new Field(name, type, true)))
  return batchOf(
    schema,
    rows,
    entries.map(([, vector]) => vector.data[0]!),
  )
}

/** 64-bit integers, written as two words each: making a bigint of every number would cost ten times as much. */
function integers(cells: ArrayLike<Cell>): BigInt64Array {
  const values = new BigInt64Array(cells.length)
  const words = new Int32Array(values.buffer)
  for (let row = 0; row < cells.length; row += 1) {
    const cell = cells[row]
    if (cell === null || cell === undefined) continue
    if (typeof cell === 'bigint') values[row] = cell
    else {
      if (!Number.isSafeInteger(cell))
        throw new RangeError(`row ${row} of the batch is no integer that a number can hold exactly`)
      words[row * 2] = cell
      words[row * 2 + 1] = Math.floor(cell / 0x1_0000_0000)
    }
  }
  return values
}

function doubles(cells: ArrayLike<number | null | undefined>): Float64Array {
  const values = new Float64Array(cells.length)
  for (let row = 0; row < cells.length; row += 1) values[row] = cells[row] ?? 0
  return values
}

function bits(cells: ArrayLike<boolean | null | undefined>): Uint8Array {
  const values = new Uint8Array((cells.length + 7) >> 3)
  for (let row = 0; row < cells.length; row += 1) if (cells[row]) values[row >> 3]! |= 1 << (row & 7)
  return values
}
