import { type SourceContext, sourceFailed } from '@sillage/sdk'
import type { ReadableFile } from '../files/readable-files.ts'
import { type Encoding, lookAtText } from './encoding.ts'
import { transcode } from './transcode.ts'

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
}

interface CopyFacts {
  readonly file: ReadableFile
  readonly encoding?: (typeof encodingNames)[number] | undefined
  readonly whitespace?: boolean
  readonly context: SourceContext
}

/** The file where it is UTF-8 with one kind of line end, else a copy that is. Throws where it is said to be UTF-8 and is not. */
export async function utf8File({
  file,
  encoding,
  whitespace = false,
  context,
}: CopyFacts): Promise<Utf8File> {
  const { signal, scratch } = context
  const found = await lookAtText(file, signal)
  const wide = encoding === 'utf-16' && found.encoding === 'utf-16be'
  const meant = encoding === undefined || wide ? found.encoding : encodings[encoding]
  if (meant === 'utf-8' && found.encoding !== 'utf-8') throw notUtf8(file.shown, found.encoding)
  if (meant === 'utf-8' && !found.mixedLines && !whitespace) return { path: file.path, encoding: meant }
  return {
    path: await transcode({ path: file.path, encoding: meant, whitespace, scratch, signal }),
    encoding: meant,
  }
}

function notUtf8(shown: string, found: Encoding): Error {
  return sourceFailed({
    code: 'wrong_encoding',
    message: `${shown} is not UTF-8; it reads as ${found}`,
    hint: `write encoding: ${found.startsWith('utf-16') ? 'utf-16' : 'cp1252'}, or leave it out`,
  })
}
