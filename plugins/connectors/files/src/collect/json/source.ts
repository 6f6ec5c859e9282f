import { open } from 'node:fs/promises'
import { type SourceContext, sourceFailed, sql, type Warning } from '@sillage/sdk'
import type { Asked } from '../files/grown.ts'
import type { ReadableFile } from '../files/readable-files.ts'
import { wideEncoding } from '../text/encoding.ts'
import { utf8File } from '../text/utf8-copy.ts'
import { type Documents, type JsonFormat, readDocuments } from './documents.ts'
import type { JsonOptions } from './options.ts'

/** A file, and what the last scan knew of it. */
export interface Source {
  readonly documents: Documents
  /** True where the last scan read the file as it is. */
  readonly known: boolean
  /** The lines behind the end that the file had at the last scan. */
  readonly tail: { readonly documents: Documents; readonly after: number } | undefined
  readonly warnings: readonly Warning[]
}

/** Looks at a file: how its documents stand, its encoding. Throws `broken_json` for an array, or documents over lines, that break. */
export async function openSource({
  file,
  config: { encoding, format },
  context,
  before,
}: {
  readonly file: ReadableFile
  readonly config: JsonOptions
  readonly context: SourceContext
  /** Bytes of the file at the last scan. */
  readonly before: number | undefined
}): Promise<Source> {
  const found = format ?? (await formatOf(file, encoding))
  const lines = found === 'lines' ? ({ quote: '', lines: [{ kind: 'broken' }], before } as const) : {}
  const { path, longestRecord, tail, warnings } = await utf8File({ file, encoding, context, ...lines })
  const documents: Documents = { file, path, format: found, longestRecord }
  if (found !== 'lines')
    await context
      .query(sql`select count(*) from (${readDocuments(documents, { provenance: false })})`, [file.path])
      .catch((cause: unknown) => Promise.reject(brokenDocuments(documents, cause)))
  return {
    documents,
    known: before === file.bytes,
    tail: tail && { documents: { ...documents, path: tail.path }, after: tail.after },
    warnings,
  }
}

/** A file, and the part of it that is new, to be asked about. */
export function asked({ documents, tail }: Source): Asked<Documents> {
  const { path, bytes } = documents.file
  return { path, bytes, whole: documents, tail: tail && { part: tail.documents, after: tail.after } }
}

const headBytes = 2 ** 20

/**
 * What stands first past marks, blanks and the zero bytes of UTF-16 tells an array. Else each line is a document, unless the first one goes
 * on over several lines, or another follows it on its line.
 */
async function formatOf(file: ReadableFile, encoding: JsonOptions['encoding']): Promise<JsonFormat> {
  const head = await headOf(file, encoding)
  if (/^[^[{"\w]*\[/.test(head)) return 'array'
  const text = head.slice(Math.max(0, head.indexOf('{')))
  const end = endOfObject(text)
  if (end === undefined || !isJson(text.slice(0, end))) return 'lines'
  const goesOn = /[\r\n]/.test(text.slice(0, end))
  return goesOn || /^[ \t,]*\{/.test(text.slice(end)) ? 'documents' : 'lines'
}

async function headOf({ text }: ReadableFile, encoding: JsonOptions['encoding']): Promise<string> {
  const file = await open(text)
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(headBytes), 0, headBytes, 0)
    const bytes = buffer.subarray(0, bytesRead)
    const wide = wideEncoding(bytes) ?? (encoding === 'utf-16' ? 'utf-16le' : undefined)
    return new TextDecoder(wide ?? 'utf-8').decode(bytes, { stream: true })
  } finally {
    await file.close()
  }
}

/** Where the object at the start of a text ends; undefined where it does not. */
function endOfObject(text: string): number | undefined {
  let depth = 0
  for (const { 0: token, index } of text.matchAll(/"(?:[^"\\]|\\.)*"|[{}]/g)) {
    if (token === '{') depth += 1
    else if (token === '}') depth -= 1
    if (depth === 0 && token === '}') return index + 1
  }
  return undefined
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

function brokenDocuments({ file: { shown }, format }: Documents, cause: unknown): Error {
  const byte = /at byte \d+/.exec(cause instanceof Error ? cause.message : '')?.[0]
  const what = format === 'array' ? 'an array of JSON' : 'JSON of which documents go over several lines'
  return sourceFailed({
    code: 'broken_json',
    message: `${shown} is ${what} that breaks${byte ? ` ${byte}` : ' somewhere'}`,
    hint: 'write the file again, or one document per line: then only broken lines are refused',
    cause,
  })
}
