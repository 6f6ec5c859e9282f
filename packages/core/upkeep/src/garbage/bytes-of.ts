import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'

/** Bytes of a file, or of all files below a folder. */
export function bytesOf(path: string): number {
  const stat = statSync(path, { throwIfNoEntry: false })
  if (!stat?.isDirectory()) return stat?.size ?? 0
  return readdirSync(path).reduce((sum, name) => sum + bytesOf(join(path, name)), 0)
}
