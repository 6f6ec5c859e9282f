import { open } from 'node:fs/promises'
import { type SourceContext, sourceFailed, sql } from '@sillage/sdk'
import type { Asked } from '../files/grown.ts'
import type { ReadableFile } from '../files/readable-files.ts'
import { utf8File } from '../text/utf8-copy.ts'
import { type Documents, readDocuments } from './documents.ts'
import type { JsonOptions } from './options.ts'

/** A file, and what the last scan knew of it. */
export interface Source {
  readonly documents: Documents
  /** True where the last scan read the file as it is. */
  readonly known: boolean
  /** The lines behind the end that the file had at the last scan. */
  readonly tail: { readonly documents: Documents; readonly after: number } | undefined
}

/** Looks at a file: lines or an array, its encoding. Throws `broken_json` for an array that breaks. */
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
  const found = format ?? (await firstMark(file.path))
  const lines = found === 'lines' ? ({ quote: '', lines: 'broken', before } as const) : {}
  const { path, longestRecord, tail } = await utf8File({ file, encoding, context, ...lines })
  const documents: Documents = { file, path, format: found, longestRecord }
  if (found === 'array')
    await context
      .query(sql`select count(*) from (${readDocuments(documents, { provenance: false })})`)
      .catch((cause: unknown) => Promise.reject(brokenArray(file.shown, cause)))
  return {
    documents,
    known: before === file.bytes,
    tail: tail && { documents: { ...documents, path: tail.path }, after: tail.after },
  }
}

/** A file, and the part of it that is new, to be asked about. */
export function asked({ documents, tail }: Source): Asked<Documents> {
  const { path, bytes } = documents.file
  return { path, bytes, whole: documents, tail: tail && { part: tail.documents, after: tail.after } }
}

/** What stands first past marks, blanks and the zero bytes of UTF-16 tells an array from lines. */
async function firstMark(path: string): Promise<'lines' | 'array'> {
  const file = await open(path)
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(65_536), 0, 65_536, 0)
    return /^[^[{"\w]*\[/.test(buffer.toString('latin1', 0, bytesRead)) ? 'array' : 'lines'
  } finally {
    await file.close()
  }
}

function brokenArray(shown: string, cause: unknown): Error {
  const byte = /at byte \d+/.exec(cause instanceof Error ? cause.message : '')?.[0]
  return sourceFailed({
    code: 'broken_json',
    message: `${shown} is an array of JSON that breaks${byte ? ` ${byte}` : ' somewhere'}`,
    hint: 'write the file again, or one document a line: then only broken lines are refused',
    cause,
  })
}
