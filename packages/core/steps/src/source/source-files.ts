import { createReadStream, statSync } from 'node:fs'
import { dirname, relative } from 'node:path'
import type { ReadStep } from '@sillage/plan'
import type { SourceFile } from '@sillage/sdk'

/** The files that a source reads by itself, as it is handed them. Throws what the system says of one that is gone. */
export function sourceFiles(
  { files }: Pick<ReadStep, 'files'>,
  { signal, pipelineFile }: { readonly signal: AbortSignal; readonly pipelineFile: string },
): readonly SourceFile[] {
  return files.map((path) => ({
    name: relative(dirname(pipelineFile), path).replaceAll('\\', '/'),
    path,
    bytes: statSync(path).size,
    open: ({ start = 0 } = {}) => createReadStream(path, { start, signal }),
  }))
}
