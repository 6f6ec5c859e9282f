import { isUtf8 } from 'node:buffer'
import { open } from 'node:fs/promises'
import type { ReadableFile } from '../files/readable-files.ts'

export type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252' | 'latin-1'

/** What the bytes of a text file say of it. */
export interface TextFacts {
  readonly encoding: Encoding
  /** Lines end in CRLF here and in LF there: DuckDB's parser wants one kind. */
  readonly mixedLines: boolean
}

const chunkBytes = 4 * 2 ** 20

/**
 * Looks at every byte, since one late accent decides between UTF-8 and Windows-1252 (which every byte sequence may be). A file with more
 * accents that are whole UTF-8 than bytes that are not is UTF-8 with broken lines, which are refused; the others are not misread for them.
 */
export async function lookAtText({ path }: ReadableFile, signal: AbortSignal): Promise<TextFacts> {
  const file = await open(path)
  try {
    const lines = new LineEnds()
    const letters = { whole: 0, broken: 0 }
    let rest: Buffer = Buffer.alloc(0)
    for (let position = 0; ; ) {
      signal.throwIfAborted()
      const { buffer, bytesRead } = await file.read(Buffer.alloc(chunkBytes), 0, chunkBytes, position)
      if (bytesRead === 0) break
      const chunk = buffer.subarray(0, bytesRead)
      const wide = position === 0 ? wideEncoding(chunk) : undefined
      if (wide) return { encoding: wide, mixedLines: false }
      const text = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
      const end = wholeCharacters(text)
      countLetters(text.subarray(0, end), letters)
      rest = text.subarray(end)
      lines.read(chunk)
      position += bytesRead
    }
    letters.broken += rest.length
    const encoding = letters.broken === 0 || letters.whole > letters.broken ? 'utf-8' : 'windows-1252'
    return { encoding, mixedLines: lines.mixed }
  } finally {
    await file.close()
  }
}

/** Counts letters beyond ASCII that are whole UTF-8, and places where the bytes are none. */
function countLetters(text: Buffer, letters: { whole: number; broken: number }): void {
  if (isUtf8(text)) {
    letters.whole += beyondAscii(text)
    return
  }
  const decoded = text.toString('utf8')
  const broken = decoded.split('\u{fffd}').length - 1
  letters.broken += broken
  letters.whole += (decoded.match(/[\u{80}-\u{10ffff}]/gu)?.length ?? 0) - broken
}

/** First bytes of letters beyond ASCII, in a sample: enough to weigh against broken ones. */
function beyondAscii(text: Buffer): number {
  let count = 0
  for (const byte of text.subarray(0, 65_536)) if (byte >= 0xc0) count += 1
  return count
}

/** UTF-16 by its mark, or by the zero bytes that it puts beside each ASCII character. */
function wideEncoding(head: Buffer): Encoding | undefined {
  if (head[0] === 0xff && head[1] === 0xfe) return 'utf-16le'
  if (head[0] === 0xfe && head[1] === 0xff) return 'utf-16be'
  const sample = head.subarray(0, 4096)
  const zeros = [0, 0]
  for (const [index, byte] of sample.entries()) if (byte === 0) zeros[index % 2]! += 1
  const many = sample.length / 4
  if (zeros[1]! > many) return 'utf-16le'
  return zeros[0]! > many ? 'utf-16be' : undefined
}

/** Where the last whole UTF-8 character of a chunk ends. */
function wholeCharacters(chunk: Buffer): number {
  for (let back = 1; back <= Math.min(3, chunk.length); back += 1) {
    const byte = chunk[chunk.length - back]!
    if (byte < 0x80) return chunk.length
    if (byte >= 0xc0) {
      const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2
      return length > back ? chunk.length - back : chunk.length
    }
  }
  return chunk.length
}

/** Which line ends a file has; stops looking once it has both. */
class LineEnds {
  #crlf = false
  #lf = false
  #afterReturn = false

  get mixed(): boolean {
    return this.#crlf && this.#lf
  }

  read(chunk: Buffer): void {
    if (!this.mixed) {
      if (!this.#afterReturn && !chunk.includes(13)) this.#lf ||= chunk.includes(10)
      else this.#readEach(chunk)
    }
    this.#afterReturn = chunk.at(-1) === 13
  }

  #readEach(chunk: Buffer): void {
    for (let at = chunk.indexOf(10); at >= 0 && !this.mixed; at = chunk.indexOf(10, at + 1)) {
      if (at > 0 ? chunk[at - 1] === 13 : this.#afterReturn) this.#crlf = true
      else this.#lf = true
    }
  }
}
