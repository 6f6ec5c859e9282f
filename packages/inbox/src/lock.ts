import { readFileSync } from 'node:fs'
import { open, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { makeDurably } from './durable-folder.ts'
import { inboxBusy } from './failures.ts'

interface Holder {
  readonly pid: number
  /** Tells a process from a later one of the same number, where the system says so. */
  readonly began: string | null
}

/** Holds the folder of segments for this process, for there is one writer. Throws `inbox_busy` while another lives. */
export async function lockInbox(folder: string): Promise<AsyncDisposable> {
  await makeDurably(folder)
  const path = join(folder, '.writer.json')
  const own: Holder = { pid: process.pid, began: beginOf(process.pid) }
  for (;;) {
    try {
      await using file = await open(path, 'wx', 0o600)
      await file.writeFile(JSON.stringify(own))
      return { [Symbol.asyncDispose]: () => rm(path, { force: true }) }
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
      const holder = await holderOf(path)
      if (holder && isAlive(holder)) throw inboxBusy(holder.pid)
      await rm(path, { force: true })
    }
  }
}

async function holderOf(path: string): Promise<Holder | undefined> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as Holder
  } catch {
    return undefined
  }
}

function isAlive({ pid, began }: Holder): boolean {
  try {
    process.kill(pid, 0)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false
  }
  return began === null || began === beginOf(pid)
}

/** When a process began, in ticks since the machine did; null where the system does not say. */
function beginOf(pid: number): string | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The name, in parentheses, may hold blanks.
    return text.slice(text.lastIndexOf(')') + 2).split(' ')[19] ?? null
  } catch {
    return null
  }
}
