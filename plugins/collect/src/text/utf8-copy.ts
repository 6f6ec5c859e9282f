import { createReadStream } from 'node:fs'
import { type SourceContext, sourceFailed } from '@sillage/sdk'
import type { ReadableFile } from '../files/readable-files.ts'
import { type Encoding, lookAtText, type TextFacts } from './encoding.ts'
import { type LineChange, transcode } from './transcode.ts'

/** What a configuration may call an encoding. */
export const encodingNames = ['utf-8', 'utf-16', 'latin-1', 'cp1252'] as const

const encodings = {
  'utf-8': 'utf-8',
  'utf-16': 'utf-16le',
  'latin-1': 'latin-1',
  cp1252: 'windows-1252',
} as const

/** A text file as DuckDB can read it. */
export interface Utf8File {
  /** The file itself, or a copy in the scratch folder. */
  readonly path: string
  readonly encoding: Encoding
  /** Bytes of the longest record, or less than a megabyte. */
  readonly longestRecord: number
}

interface CopyFacts {
  readonly file: ReadableFile
  readonly encoding?: (typeof encodingNames)[number] | undefined
  /** How lines are rewritten where they must be: always for `blanks`, where there are any for `broken`. */
  readonly lines?: LineChange | undefined
  /** What encloses cells; empty where lines are records, absent where the file is no list of records. */
  readonly quote?: string
  readonly context: SourceContext
}

/** DuckDB gives refused text up to here; past it an open quote would hide lines. */
const shownBytes = 10_000
const mostBytes = 64_000_000

/** The file where it is UTF-8 with one kind of line end, else a copy that is. Throws where DuckDB would lose lines of it without a word. */
export async function utf8File({ file, encoding, lines, quote, context }: CopyFacts): Promise<Utf8File> {
  const { signal, scratch } = context
  const found = await lookAtText({ path: file.path, quote, signal })
  const wide = encoding === 'utf-16' && found.encoding === 'utf-16be'
  const meant = encoding === undefined || wide ? found.encoding : encodings[encoding]
  if (meant === 'utf-8' && found.encoding !== 'utf-8') throw notUtf8(file.shown, found.encoding)
  const change = lines === 'broken' && !(meant === 'utf-8' && found.broken) ? undefined : lines
  if (meant === 'utf-8' && !found.mixedLines && !change) return await toFile(file, file.path, found, quote)
  const path = await transcode({ path: file.path, encoding: meant, lines: change, scratch, signal })
  return toFile(file, path, { ...(await lookAtText({ path, quote, signal })), encoding: meant }, quote)
}

async function toFile(
  { shown }: ReadableFile,
  path: string,
  { encoding, longestRecord, open }: TextFacts,
  quote: string | undefined,
): Promise<Utf8File> {
  if (quote === undefined) return { path, encoding, longestRecord: 0 }
  if (open && open.bytes > shownBytes) throw openQuote(shown, await lineAt(path, open.at))
  if (longestRecord > mostBytes) throw recordTooLong(shown, longestRecord)
  return { path, encoding, longestRecord }
}

/** The line of a byte, from 1. */
async function lineAt(path: string, byte: number): Promise<number> {
  let line = 1
  if (byte === 0) return line
  for await (const chunk of createReadStream(path, { end: byte - 1 }) as AsyncIterable<Buffer>) {
    for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, at + 1)) line += 1
  }
  return line
}

function notUtf8(shown: string, found: Encoding): Error {
  return sourceFailed({
    code: 'wrong_encoding',
    message: `${shown} is not UTF-8; it reads as ${found}`,
    hint: `write encoding: ${found.startsWith('utf-16') ? 'utf-16' : 'cp1252'}, or leave it out`,
  })
}

function openQuote(shown: string, line: number): Error {
  return sourceFailed({
    code: 'open_quote',
    message: `${shown}:${line} opens a quote that nothing closes`,
    hint: 'close it, or write quote: "" if quotes mean nothing in this file',
  })
}

function recordTooLong(shown: string, bytes: number): Error {
  return sourceFailed({
    code: 'record_too_long',
    message: `${shown} has a record of ${Math.round(bytes / 1e6)} MB`,
    hint: 'records may have 64 MB; look for a quote that is opened by mistake',
  })
}
