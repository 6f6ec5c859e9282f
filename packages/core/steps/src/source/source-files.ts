import { createReadStream, statSync } from 'node:fs'
import { type ReadStep, shownFrom } from '@sillage/plan'
import type { SourceFile } from '@sillage/sdk'

/** The files that a source reads by itself, as it is handed them. Throws what the system says of one that is gone. */
export function sourceFiles(
  { files }: Pick<ReadStep, 'files'>,
  { signal, pipelineFile }: { readonly signal: AbortSignal; readonly pipelineFile: string },
): readonly SourceFile[] {
  const shownOf = shownFrom(pipelineFile)
  return files.map((path) => ({
    name: shownOf(path),
    path,
    bytes: statSync(path).size,
    open: ({ start = 0 } = {}) => createReadStream(path, { start, signal }),
  }))
}
