import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

/** A file of records: one JSON object a line, only ever added to. */
export interface Segment {
  /** Later records stand in segments of greater numbers. */
  readonly number: number
  readonly path: string
}

const namePattern = /^(\d{6,15})\.jsonl$/

/** The segments of a form's folder, oldest first; none where the folder is not there. */
export function segmentsIn(folder: string): readonly Segment[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder)
    .flatMap((name) => {
      const number = namePattern.exec(name)?.[1]
      return number === undefined ? [] : [{ number: Number(number), path: join(folder, name) }]
    })
    .sort((a, b) => a.number - b.number)
}

/** The name of a segment that begins now. Its number is the time, so that it is greater than those of segments that were taken away. */
export function nextSegment(folder: string, now: number): string {
  const number = Math.max(now, (segmentsIn(folder).at(-1)?.number ?? 0) + 1)
  return join(folder, `${String(number).padStart(15, '0')}.jsonl`)
}

/** Where the records of a form lie. */
export function formFolder(inbox: string, form: string): string {
  return join(inbox, form)
}

/** Forms of which there are records, by name. */
export function formsIn(inbox: string): readonly string[] {
  if (!existsSync(inbox)) return []
  return readdirSync(inbox, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort()
}
