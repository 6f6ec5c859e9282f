import { stat } from 'node:fs/promises'
import { readLines } from './read-lines.ts'
import type { Cursor } from './read-records.ts'
import { factsOf } from './record.ts'
import { formFolder, segmentsIn } from './segments.ts'

/** What lies in the segments of a form. */
export interface Survey {
  readonly form: string
  readonly records: number
  readonly bytes: number
  readonly segments: number
  /** When the last record was received; UTC, ISO. Null where there is none. */
  readonly last: string | null
  /** Records behind each of the cursors that were asked about. */
  readonly unread: readonly number[]
}

/** Counts the records of a form, and those behind cursors. */
export async function surveyForm(inbox: string, form: string, cursors: readonly Cursor[]): Promise<Survey> {
  const unread = cursors.map(() => 0)
  let records = 0
  let bytes = 0
  let last: string | null = null
  const segments = segmentsIn(formFolder(inbox, form))
  for (const { number, path } of segments) {
    const { size } = await stat(path)
    bytes += size
    for await (const { lines } of readLines(path, { from: 0, to: size })) {
      records += lines.length
      const newest = lines.at(-1)
      if (newest) last = factsOf(newest.bytes)?.at ?? last
      for (const [index, { segment, at }] of cursors.entries()) {
        if (number < segment) continue
        unread[index]! += number > segment ? lines.length : lines.filter(({ start }) => start >= at).length
      }
    }
  }
  return { form, records, bytes, segments: segments.length, last, unread }
}
