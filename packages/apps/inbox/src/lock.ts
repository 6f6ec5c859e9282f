import { randomUUID } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { makeDurably } from '@sillage/base'
import { inboxBusy } from './failures.ts'

interface Holder {
  readonly pid: number
  /** Tells a process from a later one of the same number, where the system says so. */
  readonly began: string | null
}

/** A file that says who holds the inbox, or held it: the one with the highest number counts. */
interface Turn {
  readonly number: number
  readonly path: string
}

const namePattern = /^\.writer\.(\d{1,15})\.json$/

/**
 * Holds the folder of segments for this process, for there is one writer. Throws `inbox_busy` while another lives.
 *
 * Who finds that the last holder is gone takes the next number. That is done by giving a file a name that nobody has: of many who try at the
 * same instant one succeeds. Numbers only grow: the file of who let go stays until the next holder has his, so that who looked long ago
 * finds a name taken, or a higher one beside his own.
 */
export async function lockInbox(folder: string): Promise<AsyncDisposable> {
  makeDurably(folder)
  for (;;) {
    const last = turnsIn(folder).at(-1)
    const holder = last && (await holderOf(last.path))
    if (holder && isAlive(holder)) throw inboxBusy(holder.pid)
    const own = turnOf(folder, (last?.number ?? 0) + 1)
    if (!(await putInPlace(own.path, { pid: process.pid, began: beginOf(process.pid) }, link))) continue
    const [newest, ...older] = [...turnsIn(folder)].reverse()
    if (newest?.number !== own.number) {
      await rm(own.path, { force: true })
      continue
    }
    await Promise.all(older.map(({ path }) => rm(path, { force: true })))
    return { [Symbol.asyncDispose]: async () => void (await putInPlace(own.path, released, rename)) }
  }
}

/** No process has this number. */
const released: Holder = { pid: 0, began: null }

function turnOf(folder: string, number: number): Turn {
  return { number, path: join(folder, `.writer.${String(number).padStart(6, '0')}.json`) }
}

function turnsIn(folder: string): readonly Turn[] {
  return readdirSync(folder)
    .flatMap((name) => {
      const number = namePattern.exec(name)?.[1]
      return number === undefined ? [] : [{ number: Number(number), path: join(folder, name) }]
    })
    .sort((a, b) => a.number - b.number)
}

/** Writes a file beside and then gives it its name, so that it is never seen half-written. False where the name is taken. */
async function putInPlace(path: string, holder: Holder, place: typeof link): Promise<boolean> {
  const beside = `${path}.${process.pid}-${randomUUID()}`
  await writeFile(beside, JSON.stringify(holder), { mode: 0o600 })
  try {
    await place(beside, path)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    return false
  } finally {
    await rm(beside, { force: true })
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
  if (!Number.isSafeInteger(pid) || pid <= 0) return false
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
