import { closeSync, fsyncSync, mkdirSync, openSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import { faultPoint } from '@sillage/base'
import type { JournalLine, RunEvent } from './event.ts'

/** Events of which the disk must know before the next thing happens. */
const durable: ReadonlySet<RunEvent['event']> = new Set(['run_finished', 'published', 'rolled_back'])

/** Appends events to the journal of one run: one JSON object a line. Progress is written without waiting for the disk. */
export class JournalWriter implements Disposable {
  readonly path: string
  readonly #handle: number
  readonly #now: () => Date
  #n = 0

  constructor(path: string, now: () => Date) {
    mkdirSync(dirname(path), { recursive: true })
    this.path = path
    this.#handle = openSync(path, 'a')
    this.#now = now
  }

  /** Gives the line that it wrote. */
  append(event: RunEvent): JournalLine {
    this.#n += 1
    const line = { n: this.#n, at: this.#now().toISOString(), ...event }
    writeSync(this.#handle, `${JSON.stringify(line)}\n`)
    if (durable.has(event.event)) {
      fsyncSync(this.#handle)
      faultPoint('journal.after_sync')
    }
    return line
  }

  [Symbol.dispose](): void {
    closeSync(this.#handle)
  }
}
