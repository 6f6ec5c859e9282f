import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream, existsSync } from 'node:fs'
import { mkdir, open, rename, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import type { SourceContext } from '@sillage/sdk'

const lineFeed = 10
const carriageReturn = 13
const chunkBytes = 2 ** 16

/** What stands behind the first lines of a text, as a file of its own in the scratch folder, made once for each state of the text. */
export async function bodyFile(
  path: string,
  lines: number,
  { scratch, signal }: SourceContext,
): Promise<string> {
  const { size, mtimeMs } = await stat(path)
  const key = ['body', path, size, mtimeMs, lines].join('\n')
  const body = join(scratch, `${createHash('sha256').update(key).digest('hex').slice(0, 24)}.csv`)
  if (existsSync(body)) return body
  await mkdir(scratch, { recursive: true })
  await pipeline(
    createReadStream(path, { start: await endOfLine(path, lines) }),
    createWriteStream(`${body}.part`),
    { signal },
  )
  await rename(`${body}.part`, body)
  return body
}

/** The byte behind so many lines, whether they end in LF, CRLF or CR. */
async function endOfLine(path: string, lines: number): Promise<number> {
  const file = await open(path)
  try {
    let found = 0
    let last = 0
    for (let position = 0; ; ) {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(chunkBytes), 0, chunkBytes, position)
      if (bytesRead === 0) return position
      for (let at = 0; at < bytesRead; at += 1) {
        const byte = buffer[at]!
        if (last === carriageReturn && byte !== lineFeed && ++found === lines) return position + at
        if (byte === lineFeed && ++found === lines) return position + at + 1
        last = byte
      }
      position += bytesRead
    }
  } finally {
    await file.close()
  }
}
