import { existsSync } from 'node:fs'
import { mkdir, open } from 'node:fs/promises'
import { dirname } from 'node:path'

/** Makes a folder whose name survives a loss of power, with those above it. */
export async function makeDurably(folder: string): Promise<void> {
  if (existsSync(folder)) return
  await makeDurably(dirname(folder))
  await mkdir(folder, { recursive: true })
  await syncFolder(dirname(folder))
}

/** Makes sure that the disk knows which names a folder has. */
export async function syncFolder(folder: string): Promise<void> {
  await using handle = await open(folder, 'r')
  await handle.sync()
}
