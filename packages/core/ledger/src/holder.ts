import { readFileSync } from 'node:fs'

/** The file beside a database in which its owner says who it is. DuckDB's own lock is the truth; this only names the holder. */
export function lockFileOf(database: string): string {
  return `${database}.owner.json`
}

export interface Holder {
  readonly pid: number
  readonly command: string
  readonly since: string
}

/** Who says to own a database; undefined where nobody does or the process is gone. */
export function readHolder(database: string): Holder | undefined {
  try {
    const holder = JSON.parse(readFileSync(lockFileOf(database), 'utf8')) as Holder
    return isAlive(holder.pid) ? holder : undefined
  } catch {
    return undefined
  }
}

/** Words for the holder, from the owner file, else from DuckDB's message. */
export function holderOf(database: string, message: string): string {
  const holder = readHolder(database)
  if (holder) return `pid ${holder.pid} (${holder.command}), since ${holder.since}`
  const pid = /PID (\d+)/.exec(message)?.[1]
  return pid ? `pid ${pid}` : 'an unknown process'
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
