import { closeSync, openSync, readdirSync, readSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'

/** Names of the journals of a folder. */
export function journalNames(folder: string): ReadonlySet<string> {
  try {
    return new Set(readdirSync(folder).filter((name) => name.endsWith('.jsonl')))
  } catch {
    return new Set()
  }
}

/** Waits for a journal that was not there before and whose first line bears the process; gives the run, or undefined once stopped. */
export async function findRun({
  folder,
  before,
  pid,
  stopped,
}: {
  readonly folder: string
  readonly before: ReadonlySet<string>
  readonly pid: number
  readonly stopped: () => boolean
}): Promise<string | undefined> {
  const others = new Set(before)
  for (;;) {
    const last = stopped()
    for (const name of journalNames(folder)) {
      if (others.has(name)) continue
      const owner = pidOf(join(folder, name))
      if (owner === pid) return name.slice(0, -'.jsonl'.length)
      if (owner !== undefined) others.add(name)
    }
    if (last) return undefined
    await wait(40)
  }
}

/** The process of a journal; undefined while its first line is not whole, or where it went. */
function pidOf(path: string): number | undefined {
  let handle: number | undefined
  try {
    handle = openSync(path, 'r')
    const head = Buffer.alloc(65_536)
    const [line, rest] = head.toString('utf8', 0, readSync(handle, head)).split('\n', 2)
    if (rest === undefined) return undefined
    return (JSON.parse(line!) as { readonly pid?: number }).pid ?? -1
  } catch {
    return undefined
  } finally {
    if (handle !== undefined) closeSync(handle)
  }
}
