import { closeSync, fsyncSync, openSync, renameSync, rmSync, symlinkSync } from 'node:fs'
import { dirname, relative } from 'node:path'

/** Points a symbolic link (relative) at a file, atomically and durably: readers see the old target or the new one. */
export function pointLink({ link, target }: { readonly link: string; readonly target: string }): void {
  const next = `${link}.next-${process.pid}`
  rmSync(next, { force: true })
  symlinkSync(relative(dirname(link), target), next)
  renameSync(next, link)
  syncPath(dirname(link))
}

/** Flushes a file or folder to the disk. */
export function syncPath(path: string): void {
  const handle = openSync(path, 'r')
  try {
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}
