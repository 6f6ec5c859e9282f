import { type FileHandle, open } from 'node:fs/promises'
import { SillageError } from '@sillage/base'
import { endsRequest } from './record.ts'

/** A line without its end. Places are bytes of the file; `end` is behind the line's end. */
export interface Line {
  readonly bytes: Buffer
  readonly start: number
  readonly end: number
}

/** Lines of whole requests; those that were taken out stand apart. `end` is behind the last request. */
export interface ReadLines {
  readonly lines: readonly Line[]
  readonly blanks: readonly Line[]
  readonly end: number
}

const chunkBytes = 2 ** 20
const newline = 0x0a
const openBrace = 0x7b
const closeBrace = 0x7d
/** First byte of a line that was taken out. */
export const blanked = 0x2d

/**
 * The lines of whole requests from a place on, some at a time. A request whose last line is not there was never answered: it is left out.
 * Lines that were taken out are passed over, but count for where a request ends.
 */
export async function* readLines(
  path: string,
  { from, to }: { readonly from: number; readonly to: number },
): AsyncGenerator<ReadLines> {
  await using handle = await open(path, 'r')
  let rest: Buffer = Buffer.alloc(0)
  let waiting: Line[] = []
  for (let at = from; at < to; ) {
    const chunk = Buffer.allocUnsafe(Math.min(chunkBytes, to - at))
    const { bytesRead } = await handle.read(chunk, 0, chunk.length, at)
    if (bytesRead === 0) return
    const base = at - rest.length
    const text = Buffer.concat([rest, chunk.subarray(0, bytesRead)])
    at += bytesRead
    let start = 0
    let whole = 0
    let end = 0
    for (let stop = text.indexOf(newline, at - bytesRead - base); stop >= 0; ) {
      const line = { bytes: text.subarray(start, stop), start: base + start, end: base + stop + 1 }
      waiting.push(line)
      if (endsRequest(line.bytes)) {
        whole = waiting.length
        end = line.end
      }
      start = stop + 1
      stop = text.indexOf(newline, start)
    }
    rest = Buffer.from(text.subarray(start))
    if (whole === 0) continue
    const lines: Line[] = []
    const blanks: Line[] = []
    for (const line of waiting.slice(0, whole)) {
      const isWhole = line.bytes[0] === openBrace && line.bytes.at(-1) === closeBrace
      if (isWhole || (await isRecord(line, handle, path))) lines.push(line)
      else blanks.push(line)
    }
    waiting = waiting.slice(whole)
    yield { lines, blanks, end }
  }
}

/**
 * False of a line that was taken out. That may happen while it is read: its first byte goes, then its last, then the rest, so that one that
 * begins and ends as a record was read before.
 */
async function isRecord({ bytes, start }: Line, handle: FileHandle, path: string): Promise<boolean> {
  if (bytes[0] === blanked) return false
  const first = Buffer.alloc(1)
  await handle.read(first, 0, 1, start)
  if (first[0] === blanked) return false
  throw damaged(path, start)
}

function damaged(path: string, byte: number): SillageError {
  return new SillageError({
    code: 'inbox_damaged',
    message: `${path} is damaged at byte ${byte}: what stands there is no record`,
    hint: 'bring the file back from your backup of state/',
    facts: { file: path, byte },
  })
}
