import { Buffer, isAscii } from 'node:buffer'
import { isSet } from '@sillage/sql/arrow'
import { type Data, DataType, type RecordBatch, type Vector } from 'apache-arrow'

/** Texts read from one string: long enough to make calls rare, short enough to stay in the cache. */
const blockRows = 2048

/**
 * The texts of a column, one a row, null where it has none. Blocks of ASCII become one string, of which each text is a piece, at a third of what
 * asking row by row costs. Throws RangeError where the column is not there, TypeError where it holds no text.
 */
export function textsOf(batch: RecordBatch, name: string): (string | null)[] {
  const vector: Vector | null = batch.getChild(name)
  if (vector === null) throw new RangeError(`the batch has no column "${name}"`)
  const { type } = vector
  if (DataType.isDictionary(type) && DataType.isUtf8(type.dictionary)) return [...vector] as (string | null)[]
  if (!DataType.isUtf8(type)) throw new TypeError(`column "${name}" is ${String(type)} and no text`)
  const [data, ...more] = vector.data
  return data === undefined || more.length > 0 ? ([...vector] as (string | null)[]) : decoded(data)
}

function decoded({ length, valueOffsets, values, nullBitmap, nullCount, offset }: Data): (string | null)[] {
  const texts = new Array<string | null>(length)
  const bytes = Buffer.from(values.buffer, values.byteOffset, values.byteLength)
  for (let from = 0; from < length; from += blockRows) {
    const to = Math.min(length, from + blockRows)
    const start: number = valueOffsets[from]
    const block = bytes.subarray(start, valueOffsets[to])
    if (isAscii(block)) {
      const text = block.toString('latin1')
      for (let row = from; row < to; row += 1)
        texts[row] = text.slice(valueOffsets[row] - start, valueOffsets[row + 1] - start)
    } else
      for (let row = from; row < to; row += 1)
        texts[row] = bytes.toString('utf8', valueOffsets[row], valueOffsets[row + 1])
  }
  if (nullCount > 0)
    for (let row = 0; row < length; row += 1) if (!isSet(nullBitmap, offset + row)) texts[row] = null
  return texts
}
