import { closeSync, openSync, readSync } from 'node:fs'

/** A line of a journal as it stands, with its number. */
export interface TailLine {
  readonly n: number
  readonly event: string
  readonly text: string
}

/** Reads a journal as it grows: what was read is not read again. A line without its end is left for later, one that is torn is left out. */
export class JournalTail {
  readonly #path: string
  readonly lines: TailLine[] = []
  #at = 0
  #rest = Buffer.alloc(0)

  constructor(path: string) {
    this.#path = path
  }

  /** Reads on; true where the run's end is written. */
  read(): boolean {
    let handle: number
    try {
      handle = openSync(this.#path, 'r')
    } catch {
      return this.ended
    }
    try {
      const part = Buffer.alloc(65_536)
      for (let bytes = readSync(handle, part, 0, part.length, this.#at); bytes > 0; ) {
        this.#at += bytes
        this.#append(part.subarray(0, bytes))
        bytes = readSync(handle, part, 0, part.length, this.#at)
      }
    } finally {
      closeSync(handle)
    }
    return this.ended
  }

  get ended(): boolean {
    return this.lines.at(-1)?.event === 'run_finished'
  }

  #append(part: Buffer): void {
    const all = Buffer.concat([this.#rest, part])
    const end = all.lastIndexOf(10)
    this.#rest = Buffer.from(all.subarray(end + 1))
    for (const text of all.toString('utf8', 0, Math.max(0, end)).split('\n')) {
      const line = toLine(text)
      if (line) this.lines.push(line)
    }
  }
}

function toLine(text: string): TailLine | undefined {
  try {
    const { n, event } = JSON.parse(text) as { readonly n?: unknown; readonly event?: unknown }
    if (typeof n !== 'number' || typeof event !== 'string') return undefined
    return { n, event, text }
  } catch {
    return undefined
  }
}
