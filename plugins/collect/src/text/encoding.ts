import { isUtf8 } from 'node:buffer'
import { open } from 'node:fs/promises'
import { type RecordFacts, RecordScan } from './record-scan.ts'

export type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252' | 'latin-1'

/** What the bytes of a text file say of it. Records are not known of UTF-16. */
export interface TextFacts extends RecordFacts {
  readonly encoding: Encoding
  /** UTF-8 with lines that are none. */
  readonly broken: boolean
}

interface LookFacts {
  readonly path: string
  readonly quote: string | undefined
  readonly signal: AbortSignal
}

const chunkBytes = 4 * 2 ** 20

/** Looks at every byte: a late accent decides between UTF-8 and Windows-1252, which every byte sequence may be. */
export async function lookAtText({ path, quote, signal }: LookFacts): Promise<TextFacts> {
  const file = await open(path)
  try {
    const records = new RecordScan(quote ?? '')
    const characters = { whole: 0, broken: 0 }
    let rest: Buffer = Buffer.alloc(0)
    for (let position = 0; ; ) {
      signal.throwIfAborted()
      const { buffer, bytesRead } = await file.read(Buffer.allocUnsafe(chunkBytes), 0, chunkBytes, position)
      if (bytesRead === 0) break
      const chunk = buffer.subarray(0, bytesRead)
      const wide = position === 0 ? wideEncoding(chunk) : undefined
      if (wide) return { encoding: wide, broken: false, ...records.facts }
      const text = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
      const end = wholeCharacters(text)
      if (!isUtf8(text.subarray(0, end))) countCharacters(text.subarray(0, end), characters)
      rest = text.subarray(end)
      records.read(chunk)
      position += bytesRead
    }
    if (rest.length > 0) characters.broken += 1
    const foreign = characters.broken > characters.whole
    return {
      encoding: foreign ? 'windows-1252' : 'utf-8',
      broken: !foreign && characters.broken > 0,
      ...records.facts,
    }
  } finally {
    await file.close()
  }
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
    if (byte >= 0xc0) return lengthOf(byte) > back ? chunk.length - back : chunk.length
  }
  return chunk.length
}

/**
 * Counts characters of several bytes, and bytes that belong to none. Text in Windows-1252 has hardly any of the first; a UTF-8 file
 * into which some lines of another encoding got has more of them, and its broken lines are refused one by one.
 */
function countCharacters(text: Buffer, counts: { whole: number; broken: number }): void {
  for (let at = 0; at < text.length; at += 1) {
    const byte = text[at]!
    if (byte < 0x80) continue
    const length = byte >= 0xc2 && byte < 0xf5 ? lengthOf(byte) : 1
    if (length > 1 && isUtf8(text.subarray(at, at + length))) {
      counts.whole += 1
      at += length - 1
    } else counts.broken += 1
  }
}

function lengthOf(first: number): number {
  return first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2
}
