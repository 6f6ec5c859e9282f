import { isUtf8 } from 'node:buffer'
import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream, existsSync } from 'node:fs'
import { mkdir, rename, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { sourceFailed } from '@sillage/sdk'
import type { Encoding } from './encoding.ts'

/**
 * `blanks`: columns that blanks separate become CSV with commas. `broken`: a line of UTF-8 that is none gets `brokenMark` and loses its
 * bytes. `comments`: lines that begin with a sign, outside quotes, become `commentMark` alone.
 */
export type LineChange =
  | { readonly kind: 'blanks' | 'broken' }
  | { readonly kind: 'comments'; readonly sign: string; readonly quote: string; readonly escapedBy: string }

/** All that is left of a comment, so that lines keep their numbers. */
export const commentMark = '\u0001'

/** Stands before a line that was no text. */
export const brokenMark = '\u0001'

export interface TranscodeFacts {
  readonly path: string
  readonly encoding: Encoding
  /** True where a lone CR ends a line as well. */
  readonly loneReturns: boolean
  /** How each line is rewritten. */
  readonly lines: readonly LineChange[]
  readonly scratch: string
  readonly signal: AbortSignal
}

/** A copy in UTF-8 with LF line ends, made once for each state of the file. Returns its path. */
export async function transcode({
  path,
  encoding,
  loneReturns,
  lines,
  scratch,
  signal,
}: TranscodeFacts): Promise<string> {
  const { size, mtimeMs } = await stat(path)
  const key = [path, size, mtimeMs, encoding, loneReturns, JSON.stringify(lines)].join('\n')
  const copy = join(scratch, `${createHash('sha256').update(key).digest('hex').slice(0, 24)}.csv`)
  if (existsSync(copy)) return copy
  await mkdir(scratch, { recursive: true })
  const steps = [
    decode(encoding),
    oneLineEnd(loneReturns ? /\r\n?/g : /\r\n/g),
    ...lines.map((change) => eachLine(changeOf(change, encoding))),
  ]
  await pipeline(
    [
      createReadStream(path),
      ...steps,
      createWriteStream(`${copy}.part`, { encoding: encoding === 'utf-8' ? 'latin1' : 'utf8' }),
    ],
    { signal },
  )
  await rename(`${copy}.part`, copy)
  return copy
}

/** Bytes of UTF-8 pass as they are, one character each, so that broken ones reach DuckDB, which refuses their lines. */
function decode(encoding: Encoding): Transform {
  if (encoding === 'latin-1' || encoding === 'utf-8')
    return textTransform((chunk: Buffer) => chunk.toString('latin1'))
  if (encoding === 'ibm850') return textTransform(fromIbm850)
  const decoder = new TextDecoder(encoding, { fatal: true })
  const decoded = (done: (error: Error | null, text?: string) => void, chunk?: Buffer): void => {
    try {
      done(null, decoder.decode(chunk, { stream: chunk !== undefined }))
    } catch (cause) {
      done(notEncoded(encoding, cause))
    }
  }
  return new Transform({
    readableObjectMode: true,
    transform: (chunk: Buffer, _, done) => decoded(done, chunk),
    flush: (done) => decoded(done),
  })
}

function notEncoded(encoding: Encoding, cause: unknown): Error {
  return sourceFailed({
    code: 'encoding_broken',
    message: `A file begins as ${encoding} and holds bytes that are none`,
    hint: 'it may be damaged or joined of several: write it again in one encoding, preferably UTF-8',
    cause,
  })
}

function textTransform(change: (chunk: Buffer) => string): Transform {
  return new Transform({
    readableObjectMode: true,
    transform: (chunk: Buffer, _, done) => done(null, change(chunk)),
  })
}

/** All that ends a line becomes LF; a return at the end of a chunk waits for what follows it. */
function oneLineEnd(ends: RegExp): Transform {
  let held = ''
  return new Transform({
    objectMode: true,
    transform(chunk: string, _, done) {
      const text = held + chunk
      held = text.endsWith('\r') ? '\r' : ''
      done(null, (held ? text.slice(0, -1) : text).replaceAll(ends, '\n'))
    },
    flush(done) {
      done(null, held === '' ? '' : '\n')
    },
  })
}

/** What stands in code page 850 from 128 on. */
const upper850 =
  'ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜø£Ø×ƒáíóúñÑªº¿®¬½¼¡«»░▒▓│┤ÁÂÀ©╣║╗╝¢¥┐└┴┬├─┼ãÃ╚╔╩╦╠═╬¤ðÐÊËÈıÍÎÏ┘┌█▄¦Ì▀ÓßÔÒõÕµþÞÚÛÙýÝ¯´\u00ad±‗¾¶§÷¸°¨·¹³²■\u00a0'

function fromIbm850(chunk: Buffer): string {
  return chunk
    .toString('latin1')
    .replaceAll(/[\u0080-\u00ff]/g, (char) => upper850[char.charCodeAt(0) - 128]!)
}

function changeOf(change: LineChange, encoding: Encoding): (line: string) => string {
  switch (change.kind) {
    case 'blanks':
      return blanksToCommas
    case 'broken':
      return markBroken
    case 'comments':
      return dropComments({
        ...change,
        sign: encoding === 'utf-8' ? Buffer.from(change.sign).toString('latin1') : change.sign,
      })
  }
}

/** A line break inside quotes ends no record, and what follows it is no comment. */
function dropComments({
  sign,
  quote,
  escapedBy,
}: Extract<LineChange, { readonly kind: 'comments' }>): (line: string) => string {
  let quoted = false
  let isFirst = true
  return (line) => {
    const start = isFirst && /^(\ufeff|ï»¿)/.test(line) ? line.replace(/^(\ufeff|ï»¿)/, '') : line
    isFirst = false
    if (!quoted && start.startsWith(sign)) return commentMark
    for (let at = 0; quote !== '' && at < line.length; at += 1) {
      if (quoted && escapedBy !== quote && line[at] === escapedBy) at += 1
      else if (line[at] === quote && (quoted || !/[\p{L}\p{N} ]/u.test(line[at - 1] ?? ''))) quoted = !quoted
    }
    return line
  }
}

function blanksToCommas(line: string): string {
  return line
    .split(/[ \t]+/)
    .filter((part) => part !== '')
    .map((part) => (/[",]/.test(part) ? `"${part.replaceAll('"', '""')}"` : part))
    .join(',')
}

/** The line is bytes, one character each. */
function markBroken(line: string): string {
  const bytes = Buffer.from(line, 'latin1')
  return isUtf8(bytes) ? line : brokenMark + Buffer.from(bytes.toString('utf8')).toString('latin1')
}

function eachLine(change: (line: string) => string): Transform {
  let held = ''
  return new Transform({
    objectMode: true,
    transform(chunk: string, _, done) {
      const lines = (held + chunk).split('\n')
      held = lines.pop()!
      done(null, lines.map((line) => `${change(line)}\n`).join(''))
    },
    flush(done) {
      done(null, change(held))
    },
  })
}
