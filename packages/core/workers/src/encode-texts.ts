const encoder = new TextEncoder()
/** Texts joined for one call of the encoder: long enough to make calls rare, short enough to stay in the cache. */
const blockRows = 2048

/**
 * UTF-8 bytes of texts, with one more offset than rows; null and undefined are empty. Blocks are joined and encoded in one call,
 * and where a block is ASCII its lengths are known without looking at each text.
 */
export function encodeTexts(texts: readonly (string | null | undefined)[]): {
  readonly offsets: Int32Array
  readonly values: Uint8Array
} {
  const offsets = new Int32Array(texts.length + 1)
  const blocks: Uint8Array[] = []
  let end = 0
  for (let from = 0; from < texts.length; from += blockRows) {
    const block = encodeBlock({
      texts,
      from,
      to: Math.min(texts.length, from + blockRows),
      offsets,
      start: end,
    })
    blocks.push(block)
    end += block.length
    if (end > 0x7fff_ffff) throw new RangeError('the texts of one batch exceed two gigabytes')
  }
  return { offsets, values: joined(blocks, end) }
}

interface Block {
  readonly texts: readonly (string | null | undefined)[]
  readonly from: number
  readonly to: number
  readonly offsets: Int32Array
  readonly start: number
}

function encodeBlock({ texts, from, to, offsets, start }: Block): Uint8Array {
  let text = ''
  for (let row = from; row < to; row += 1) {
    text += texts[row] ?? ''
    offsets[row + 1] = start + text.length
  }
  const bytes = encoder.encode(text)
  if (bytes.length === text.length) return bytes
  let end = start
  for (let row = from; row < to; row += 1) {
    end += Buffer.byteLength(texts[row] ?? '')
    offsets[row + 1] = end
  }
  return end - start === bytes.length ? bytes : encodeEach({ texts, from, to, offsets, start })
}

/** For texts that end or begin with half a character: joined, two halves would become one. */
function encodeEach({ texts, from, to, offsets, start }: Block): Uint8Array {
  const parts = texts.slice(from, to).map((text) => encoder.encode(text ?? ''))
  let end = start
  for (const [index, part] of parts.entries()) {
    end += part.length
    offsets[from + index + 1] = end
  }
  return joined(parts, end - start)
}

function joined(parts: readonly Uint8Array[], bytes: number): Uint8Array {
  const whole = new Uint8Array(bytes)
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}
