import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, renameSync } from 'node:fs'
import { dirname } from 'node:path'

/** Flushes a file, or the names that a folder has, to the disk. */
export function syncPath(path: string): void {
  const handle = openSync(path, 'r')
  try {
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}

/** Lets a file that is whole take the name of another. */
export function takeName(next: string, path: string): void {
  syncPath(next)
  renameSync(next, path)
  syncPath(dirname(path))
}

/** Makes a folder whose name survives a loss of power, with those above it. */
export function makeDurably(folder: string): void {
  if (existsSync(folder)) return
  makeDurably(dirname(folder))
  mkdirSync(folder, { recursive: true })
  syncPath(dirname(folder))
}
