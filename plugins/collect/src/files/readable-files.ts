import { stat } from 'node:fs/promises'
import { basename, relative } from 'node:path'
import { type FilePlace, type SourceContext, sourceFailed } from '@sillage/sdk'

/** A file that is there and has something in it. */
export interface ReadableFile {
  readonly path: string
  /** The path as people see it: relative to the pipeline's file. */
  readonly shown: string
  readonly bytes: number
}

/** The files that a path, list or glob names. Throws where one is empty. */
export async function readableFiles({
  context,
  place,
}: {
  readonly context: SourceContext
  readonly place: FilePlace
}): Promise<readonly ReadableFile[]> {
  const base = context.resolve('.')
  const files: ReadableFile[] = []
  for (const file of await context.files(place)) {
    const facts = await stat(file)
    const shown = relative(base, file).replaceAll('\\', '/')
    if (facts.size === 0) throw isEmpty(shown)
    files.push({ path: file, shown, bytes: facts.size })
  }
  return files
}

function isEmpty(shown: string): Error {
  return sourceFailed({
    code: 'file_empty',
    message: `${shown} is empty: 0 bytes`,
    hint: `check the export that wrote ${basename(shown)}, or take the file out of the list`,
  })
}
