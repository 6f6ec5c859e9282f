import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { mkdir, open, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import type { SourceContext } from '@sillage/sdk'

const newLine = 10
const carriageReturn = 13

/**
 * The lines behind the first `bytes` bytes of a file, as a file of its own in the scratch folder. Undefined where these bytes do not end
 * a line: then the last line that was read has changed.
 */
export async function tailFile({
  path,
  bytes,
  context: { scratch, signal },
}: {
  readonly path: string
  readonly bytes: number
  readonly context: SourceContext
}): Promise<string | undefined> {
  if (!(await continues(path, bytes))) return undefined
  const name = createHash('sha256').update(`${path}\n${bytes}`).digest('hex').slice(0, 24)
  const tail = join(scratch, `${name}.tail`)
  try {
    await mkdir(scratch, { recursive: true })
    await pipeline(createReadStream(path, { start: bytes }), createWriteStream(tail), { signal })
    return tail
  } catch {
    // It only spares reading: where there is no room for a copy, the file is read whole.
    signal.throwIfAborted()
    await rm(tail, { force: true })
    return undefined
  }
}

/** True where the first bytes end a line, and the next line ends in the same way. */
async function continues(path: string, bytes: number): Promise<boolean> {
  if (bytes < 2) return false
  const file = await open(path)
  try {
    const { buffer: end } = await file.read(Buffer.alloc(2), 0, 2, bytes - 2)
    const { buffer: next } = await file.read(Buffer.alloc(65_536), 0, 65_536, bytes)
    const at = next.indexOf(newLine)
    const sameEnd = at < 0 || (next[at - 1] === carriageReturn) === (end[0] === carriageReturn)
    return end[1] === newLine && sameEnd
  } finally {
    await file.close()
  }
}
