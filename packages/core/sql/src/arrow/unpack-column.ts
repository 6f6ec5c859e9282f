import { type Data, DataType, Utf8, Vector } from 'apache-arrow'
import { columnData } from './column-data.ts'

interface Packed<T extends DataType = DataType> {
  readonly type: T
  readonly rows: number
  /** What is left of the message. */
  readonly buffers: Iterator<Uint8Array | null>
}

/** Takes the buffers of one column off a message, in the order in which `packColumn` adds them. */
export function unpackColumn({ type, rows, buffers }: Packed): Data {
  if (DataType.isNull(type)) return columnData({ type, rows })
  const validity = next(buffers) ?? undefined
  if (DataType.isUtf8(type) || DataType.isBinary(type)) {
    const offsets = viewOf(Int32Array, next(buffers))
    return columnData({ type, rows, validity, offsets, values: viewOf(Uint8Array, next(buffers)) })
  }
  const { ArrayType } = DataType.isDictionary(type) ? type.indices : type
  const values = viewOf<ArrayBufferView>(ArrayType, next(buffers))
  if (!DataType.isDictionary(type)) return columnData({ type, rows, validity, values })
  return columnData({ type, rows, validity, values, dictionary: unpackTexts(buffers) })
}

/** The texts of a dictionary: their number is known from their offsets. */
function unpackTexts(buffers: Iterator<Uint8Array | null>): Vector {
  const validity = next(buffers) ?? undefined
  const offsets = viewOf(Int32Array, next(buffers))
  const values = viewOf(Uint8Array, next(buffers))
  return new Vector([columnData({ type: new Utf8(), rows: offsets.length - 1, validity, offsets, values })])
}

function next(buffers: Iterator<Uint8Array | null>): Uint8Array | null {
  const { value, done } = buffers.next()
  if (done) throw new RangeError('a message holds fewer buffers than its schema needs')
  return value
}

interface ArrayTypeOf<A> {
  readonly BYTES_PER_ELEMENT: number
  new (buffer: ArrayBufferLike, offset: number, length: number): A
}

/** The bytes as an array of the type; copied only where they do not stand at a multiple of its element. */
function viewOf<A>(ArrayType: ArrayTypeOf<A>, bytes: Uint8Array | null): A {
  const given = bytes ?? new Uint8Array(0)
  const { buffer, byteOffset } = given.byteOffset % ArrayType.BYTES_PER_ELEMENT === 0 ? given : given.slice()
  return new ArrayType(buffer, byteOffset, given.length / ArrayType.BYTES_PER_ELEMENT)
}
