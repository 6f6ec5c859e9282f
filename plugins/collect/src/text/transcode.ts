import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream, existsSync } from 'node:fs'
import { mkdir, rename, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Encoding } from './encoding.ts'

export interface TranscodeFacts {
  readonly path: string
  readonly encoding: Encoding
  /** Rewrites columns that blanks separate as CSV with commas. */
  readonly whitespace: boolean
  readonly scratch: string
  readonly signal: AbortSignal
}

/** A copy in UTF-8 with LF line ends, made once for each state of the file. Returns its path. */
export async function transcode({
  path,
  encoding,
  whitespace,
  scratch,
  signal,
}: TranscodeFacts): Promise<string> {
  const { size, mtimeMs } = await stat(path)
  const key = [path, size, mtimeMs, encoding, whitespace].join('\n')
  const copy = join(scratch, `${createHash('sha256').update(key).digest('hex').slice(0, 24)}.csv`)
  if (existsSync(copy)) return copy
  await mkdir(scratch, { recursive: true })
  const steps = [decode(encoding), oneLineEnd(), ...(whitespace ? [blanksToCommas()] : [])]
  await pipeline([createReadStream(path), ...steps, createWriteStream(`${copy}.part`)], { signal })
  await rename(`${copy}.part`, copy)
  return copy
}

function decode(encoding: Encoding): Transform {
  if (encoding === 'latin-1') return textTransform((chunk: Buffer) => chunk.toString('latin1'))
  const decoder = new TextDecoder(encoding, { fatal: true })
  return new Transform({
    readableObjectMode: true,
    transform(chunk: Buffer, _, done) {
      done(null, decoder.decode(chunk, { stream: true }))
    },
    flush(done) {
      done(null, decoder.decode())
    },
  })
}

function textTransform(change: (chunk: Buffer) => string): Transform {
  return new Transform({
    readableObjectMode: true,
    transform: (chunk: Buffer, _, done) => done(null, change(chunk)),
  })
}

/** CRLF to LF; a return at the end of a chunk waits for what follows it. */
function oneLineEnd(): Transform {
  let held = ''
  return new Transform({
    objectMode: true,
    transform(chunk: string, _, done) {
      const text = held + chunk
      held = text.endsWith('\r') ? '\r' : ''
      done(null, (held ? text.slice(0, -1) : text).replaceAll('\r\n', '\n'))
    },
    flush(done) {
      done(null, held === '' ? '' : '\n')
    },
  })
}

function blanksToCommas(): Transform {
  let held = ''
  const line = (text: string): string =>
    text
      .split(/[ \t]+/)
      .filter((part) => part !== '')
      .map((part) => (/[",]/.test(part) ? `"${part.replaceAll('"', '""')}"` : part))
      .join(',')
  return new Transform({
    objectMode: true,
    transform(chunk: string, _, done) {
      const lines = (held + chunk).split('\n')
      held = lines.pop()!
      done(null, lines.map((text) => `${line(text)}\n`).join(''))
    },
    flush(done) {
      done(null, line(held))
    },
  })
}
