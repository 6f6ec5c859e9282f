const frameMark = 0x184d2204
const skippableMark = 0x184d2a50

/**
 * Decodes LZ4 frames (lz4_Frame_format.md 1.6.4), also those with checksums after each block, as Polars writes them. Checksums are passed
 * over. Throws where the bytes end before the frame does, or point beyond what is there.
 */
export function fromLz4Frame(bytes: Uint8Array): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const output = new Output(bytes.length * 4)
  let at = 0
  while (at < bytes.length) {
    const mark = view.getUint32(at, true)
    if ((mark & 0xfffffff0) >>> 0 === skippableMark) {
      at += 8 + view.getUint32(at + 4, true)
      continue
    }
    if (mark !== frameMark) throw new Error('no LZ4 frame')
    at = readFrame({ bytes, view, start: at + 4, output })
  }
  return output.bytes
}

function readFrame({
  bytes,
  view,
  start,
  output,
}: {
  readonly bytes: Uint8Array
  readonly view: DataView
  readonly start: number
  readonly output: Output
}): number {
  const flags = view.getUint8(start)
  const [hasBlockSums, hasSize, hasSum, hasDictionary] = [16, 8, 4, 1].map((bit) => (flags & bit) !== 0)
  if (flags >> 6 !== 1 || hasDictionary) throw new Error('an LZ4 frame of another version')
  let at = start + 2 + (hasSize ? 8 : 0) + 1
  for (;;) {
    const size = view.getUint32(at, true)
    at += 4
    if (size === 0) return at + (hasSum ? 4 : 0)
    const length = size & 0x7fffffff
    if (at + length > bytes.length) throw new Error('an LZ4 frame that is cut short')
    const block = bytes.subarray(at, at + length)
    if (size >>> 31 === 1) output.append(block)
    else readBlock(block, output)
    at += length + (hasBlockSums ? 4 : 0)
  }
}

/** Sequences of literals, each followed by a match further up, but for the last. */
function readBlock(block: Uint8Array, output: Output): void {
  let at = 0
  const more = (length: number): number => {
    let sum = length
    if (length === 15) {
      let byte: number
      do {
        byte = block[at]!
        at += 1
        if (!(byte >= 0)) throw new Error('an LZ4 block that is cut short')
        sum += byte
      } while (byte === 255)
    }
    return sum
  }
  while (at < block.length) {
    const token = block[at]!
    at += 1
    const literals = more(token >> 4)
    if (at + literals > block.length) throw new Error('an LZ4 block that is cut short')
    output.append(block.subarray(at, at + literals))
    at += literals
    if (at >= block.length) return
    const offset = block[at]! | (block[at + 1]! << 8)
    at += 2
    output.repeat(offset, more(token & 15) + 4)
  }
}

class Output {
  #bytes: Uint8Array
  #length = 0

  constructor(room: number) {
    this.#bytes = new Uint8Array(Math.max(room, 64))
  }

  get bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#length)
  }

  append(part: Uint8Array): void {
    this.#reserve(part.length)
    this.#bytes.set(part, this.#length)
    this.#length += part.length
  }

  /** Bytes that stand so far up; those that it writes itself among them. */
  repeat(offset: number, length: number): void {
    if (!(offset > 0 && offset <= this.#length)) throw new Error('an LZ4 match before the beginning')
    this.#reserve(length)
    const from = this.#length - offset
    if (offset >= length) this.#bytes.copyWithin(this.#length, from, from + length)
    else
      for (let index = 0; index < length; index += 1)
        this.#bytes[this.#length + index] = this.#bytes[from + index]!
    this.#length += length
  }

  #reserve(more: number): void {
    if (this.#length + more <= this.#bytes.length) return
    const larger = new Uint8Array(Math.max(this.#length + more, 2 * this.#bytes.length))
    larger.set(this.#bytes.subarray(0, this.#length))
    this.#bytes = larger
  }
}
