import { relative } from 'node:path'
import { fileURLToPath } from 'node:url'

const frame = /(?:\(|at )((?:file:\/\/)?\/[^()\n]+?):(\d+):(\d+)\)?$/gm

/** Where a stack first stands in a project's own plugin, as `plugins/own.ts:5:12` from the folder; undefined where it does not. */
export function ownPlace(stack: string | undefined, folder: string): string | undefined {
  for (const [, file, line, column] of (stack ?? '').matchAll(frame)) {
    const path = relative(folder, file!.startsWith('file:') ? fileURLToPath(file!) : file!)
    if (!path.startsWith('..') && !/(^|[\\/])(node_modules|\.sillage)[\\/]/.test(path))
      return `${path}:${line}:${column}`
  }
  return undefined
}
