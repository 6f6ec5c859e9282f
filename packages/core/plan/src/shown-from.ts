import { dirname, relative } from 'node:path'

/** How rows of a pipeline tell the path of a file. */
export function shownFrom(pipelineFile: string): (path: string) => string {
  const folder = dirname(pipelineFile)
  return (path) => relative(folder, path).replaceAll('\\', '/')
}
