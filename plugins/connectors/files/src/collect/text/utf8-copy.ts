import { createReadStream } from 'node:fs'
import { type SourceContext, sourceFailed, type Warning } from '@sillage/sdk'
import type { ReadableFile } from '../files/readable-files.ts'
import { tailFile } from '../files/tail.ts'
import { type Encoding, lookAtText, type TextFacts } from './encoding.ts'
import { assertText } from './not-text.ts'
import { RecordScan } from './record-scan.ts'
import { type LineChange, transcode } from './transcode.ts'

/** What a configuration may call an encoding. */
export const encodingNames = [
  'utf-8',
  'utf-16',
  'latin-1',
  'cp1252',
  'iso-8859-15',
  'macintosh',
  'ibm850',
] as const

const encodings = {
  'utf-8': 'utf-8',
  'utf-16': 'utf-16le',
  'latin-1': 'latin-1',
  cp1252: 'windows-1252',
  'iso-8859-15': 'iso-8859-15',
  macintosh: 'macintosh',
  ibm850: 'ibm850',
} as const

/** A text file as DuckDB can read it. */
export interface Utf8File {
  /** The file itself, or a copy in the scratch folder. */
  readonly path: string
  readonly encoding: Encoding
  /** Bytes of the longest record, or less than a megabyte. */
  readonly longestRecord: number
  /** The lines behind the first `after` bytes, as a file of their own, where these were read before and the file grew. */
  readonly tail: { readonly path: string; readonly after: number } | undefined
  /** What is doubtful about the encoding that was found. */
  readonly warnings: readonly Warning[]
}

interface CopyFacts {
  readonly file: ReadableFile
  readonly encoding?: (typeof encodingNames)[number] | undefined
  /** How lines are rewritten where they must be: for `broken` where there are any, else always. */
  readonly lines?: readonly LineChange[]
  /** What encloses cells; empty where lines are records, absent where the file is no list of records. */
  readonly quote?: string
  /** Inside quotes, what makes the next sign stand for itself, where it is not the quote. */
  readonly escapedBy?: string | undefined
  /** Bytes of the file at the last scan. */
  readonly before?: number | undefined
  readonly context: SourceContext
}

/** DuckDB gives refused text up to here; past it an open quote would hide lines. */
const shownBytes = 10_000
const mostBytes = 64_000_000

/** The file where it is UTF-8 with one kind of line end, else a copy that is. Throws where DuckDB would lose lines of it without a word. */
export async function utf8File(facts: CopyFacts): Promise<Utf8File> {
  const { file, encoding, lines = [], quote, escapedBy, context } = facts
  const { signal, scratch } = context
  const { found, tail } = await lookAtFile(facts)
  const wide = encoding === 'utf-16' && found.encoding === 'utf-16be'
  const meant = encoding === undefined || wide ? found.encoding : encodings[encoding]
  if (meant === 'utf-8' && found.encoding !== 'utf-8') throw notUtf8(file.shown, found.encoding)
  const warnings = encoding === undefined ? doubts(file.shown, found) : []
  const changes = lines.filter(({ kind }) => kind !== 'broken' || (meant === 'utf-8' && found.broken))
  // DuckDB's parser wants one kind of line end.
  const mixed = found.lineEnds.length > 1
  if (meant === 'utf-8' && !mixed && changes.length === 0)
    return { ...(await toFile(file, file.text, found, quote)), tail, warnings }
  const path = await transcode({
    path: file.text,
    encoding: meant,
    loneReturns: mixed && found.lineEnds.includes('cr'),
    lines: changes,
    scratch,
    signal,
  })
  const look = { ...(await lookAtText({ path, quote, escapedBy, signal })), encoding: meant }
  return { ...(await toFile(file, path, look, quote)), tail: undefined, warnings }
}

/** What the bytes of a file tell, remembered; of one that grew only the new lines are looked at. */
async function lookAtFile({ file, quote, escapedBy, before, context }: CopyFacts): Promise<{
  readonly found: TextFacts
  readonly tail: Utf8File['tail']
}> {
  const { signal } = context
  const what = `text ${quote ?? ''}${escapedBy ?? ''}`
  const look = (path: string): Promise<TextFacts> => lookAtText({ path, quote, escapedBy, signal })
  const whole = async (): Promise<TextFacts> => {
    await assertText(file)
    return await look(file.text)
  }
  if (before === undefined || before >= file.bytes || file.text !== file.path)
    return { found: await context.remember(what, file.path, whole), tail: undefined }
  const old = await context.remember(what, file.path, whole, before)
  const path =
    old.open || old.broken || old.encoding !== 'utf-8'
      ? undefined
      : await tailFile({ path: file.path, bytes: before, context })
  const more = path === undefined ? undefined : await look(path)
  if (path === undefined || more === undefined || more.open || more.broken || more.encoding !== 'utf-8')
    return { found: await context.remember(what, file.path, whole), tail: undefined }
  const found = await context.remember(what, file.path, async () => ({
    ...old,
    lineEnds: [...new Set([...old.lineEnds, ...more.lineEnds])],
    longestRecord: Math.max(old.longestRecord, more.longestRecord),
  }))
  return { found, tail: { path, after: before } }
}

const doubtTexts = {
  undefined_bytes: 'bytes that Windows-1252 does not have',
  no_letters: 'none of its letters',
  lines_of_utf8: 'lines that read as UTF-8',
} as const

/** A guess that the bytes do not bear out. */
function doubts(shown: string, { encoding, doubt }: TextFacts): readonly Warning[] {
  if (encoding !== 'windows-1252' || doubt === undefined) return []
  return [
    {
      code: 'encoding_doubtful',
      message: `${shown} is no UTF-8 and was read as Windows-1252, yet has ${doubtTexts[doubt]}`,
      hint: `look at its accents; if they are wrong write encoding: ${encodingNames.slice(2).join(', ')}`,
    },
  ]
}

async function toFile(
  { shown }: ReadableFile,
  path: string,
  { encoding, longestRecord, open }: TextFacts,
  quote: string | undefined,
): Promise<Omit<Utf8File, 'tail' | 'warnings'>> {
  if (quote === undefined) return { path, encoding, longestRecord: 0 }
  if (open && open.bytes > shownBytes) throw openQuote(shown, (await linesIn(path, 0, open.at)) + 1)
  if (longestRecord > mostBytes) throw recordTooLong(shown, longestRecord)
  return { path, encoding, longestRecord }
}

/** Line ends within bytes `[from, to)` of a file, but for those inside quotes; without a quote all of them. */
export async function linesIn(
  path: string,
  from: number,
  to: number,
  { quote = '', escapedBy = quote }: { readonly quote?: string; readonly escapedBy?: string } = {},
): Promise<number> {
  if (to <= from) return 0
  const scan = new RecordScan(quote, { counts: true, escapedBy })
  for await (const chunk of createReadStream(path, { start: from, end: to - 1 }) as AsyncIterable<Buffer>)
    scan.read(chunk)
  return scan.facts.records
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
    hint: 'records may have up to 64 MB; look for a quote opened by mistake',
  })
}
