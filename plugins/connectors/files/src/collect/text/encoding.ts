import { open } from 'node:fs/promises'
import { LetterCount, type LetterFacts, lengthOf } from './letter-count.ts'
import { type RecordFacts, RecordScan } from './record-scan.ts'

export type Encoding =
  | 'utf-8'
  | 'utf-16le'
  | 'utf-16be'
  | 'windows-1252'
  | 'latin-1'
  | 'iso-8859-15'
  | 'macintosh'
  | 'ibm850'

/** What the bytes of a text file say of it. Records are not known of UTF-16. */
export interface TextFacts extends RecordFacts, Omit<LetterFacts, 'encoding'> {
  readonly encoding: Encoding
}

interface LookFacts {
  readonly path: string
  readonly quote: string | undefined
  /** Inside quotes, what makes the next sign stand for itself, where it is not the quote. */
  readonly escapedBy?: string | undefined
  readonly signal: AbortSignal
}

const chunkBytes = 4 * 2 ** 20

/** Looks at every byte: a late accent decides between UTF-8 and Windows-1252, which every byte sequence may be. */
export async function lookAtText({
  path,
  quote = '',
  escapedBy = quote,
  signal,
}: LookFacts): Promise<TextFacts> {
  const file = await open(path)
  try {
    const records = new RecordScan(quote, { escapedBy })
    const letters = new LetterCount()
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
      letters.read(text.subarray(0, end))
      rest = text.subarray(end)
      records.read(chunk)
      position += bytesRead
    }
    if (rest.length > 0) letters.read(rest)
    return { ...letters.facts, ...records.facts }
  } finally {
    await file.close()
  }
}

/** UTF-16 by its mark, or by the zero bytes that it puts beside each ASCII character. */
export function wideEncoding(head: Buffer): 'utf-16le' | 'utf-16be' | undefined {
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
