import { stat } from 'node:fs/promises'
import { basename, relative } from 'node:path'
import { type FilePlace, type SourceContext, sourceFailed, type Warning } from '@sillage/sdk'

/** A file that is there and has something in it. */
export interface ReadableFile {
  readonly path: string
  /** What holds its text: the file itself, or a copy of one that was compressed. */
  readonly text: string
  /** The path as people see it: relative to the pipeline's file. */
  readonly shown: string
  readonly bytes: number
}

/** The files that a path, list or glob names, without those that have 0 bytes, each of which is told. Throws where all are empty. */
export async function readableFiles({
  context,
  place,
}: {
  readonly context: SourceContext
  readonly place: FilePlace
}): Promise<{ readonly files: readonly ReadableFile[]; readonly warnings: readonly Warning[] }> {
  const base = context.resolve('.')
  const files: ReadableFile[] = []
  const empty: string[] = []
  for (const path of await context.files(place)) {
    const { size } = await stat(path)
    const shown = relative(base, path).replaceAll('\\', '/')
    if (size === 0) empty.push(shown)
    else files.push({ path, text: path, shown, bytes: size })
  }
  if (files.length === 0) throw areEmpty(empty)
  return { files, warnings: empty.map((shown) => fileEmpty(shown, 'is empty: 0 bytes')) }
}

/** The files of the last scan that held something then, as `SourceContext.previous` gives them. */
export async function previousFiles(
  context: SourceContext,
): Promise<ReadonlyMap<string, number> | undefined> {
  const previous = await context.previous()
  return previous && new Map([...previous].filter(([, bytes]) => bytes > 0))
}

/** A file among others that holds nothing. */
export function fileEmpty(shown: string, what: string): Warning {
  return {
    code: 'file_empty',
    message: `${shown} ${what}`,
    hint: `check the export that wrote ${basename(shown)}`,
  }
}

function areEmpty(shown: readonly string[]): Error {
  const [first = 'the source'] = shown
  return sourceFailed({
    code: 'file_empty',
    message: shown.length > 1 ? `All ${shown.length} files are empty: 0 bytes` : `${first} is empty: 0 bytes`,
    hint: `check the export that wrote ${basename(first)}, or take the file out of the list`,
  })
}
