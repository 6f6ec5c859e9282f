import { readFileSync } from 'node:fs'
import { link, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { makeDurably } from '@sillage/base'
import { inboxBusy } from './failures.ts'

interface Holder {
  readonly pid: number
  /** Tells a process from a later one of the same number, where the system says so. */
  readonly began: string | null
}

/** Holds the folder of segments for this process, for there is one writer. Throws `inbox_busy` while another lives. */
export async function lockInbox(folder: string): Promise<AsyncDisposable> {
  makeDurably(folder)
  const path = join(folder, '.writer.json')
  const own = join(folder, `.writer.${process.pid}.json`)
  await writeFile(own, JSON.stringify({ pid: process.pid, began: beginOf(process.pid) } satisfies Holder), {
    mode: 0o600,
  })
  try {
    while (!(await takesName(own, path))) {
      const holder = await holderOf(path)
      if (holder && isAlive(holder)) throw inboxBusy(holder.pid)
      await rm(path, { force: true })
    }
  } finally {
    await rm(own, { force: true })
  }
  return { [Symbol.asyncDispose]: () => rm(path, { force: true }) }
}

/** Gives a file the name of the lock, where nobody has it: the lock is never seen half-written. */
async function takesName(own: string, path: string): Promise<boolean> {
  try {
    await link(own, path)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    return false
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
