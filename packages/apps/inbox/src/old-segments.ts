import { rmSync } from 'node:fs'
import { faultPoint, syncPath } from '@sillage/base'
import { keyWindow } from './known-keys.ts'
import { formFolder, type Segment, segmentsIn } from './segments.ts'

/** A segment in which nothing is written any more. */
export interface EndedSegment extends Segment {
  /** All of its records came before this; milliseconds since 1970. */
  readonly endedMs: number
}

/**
 * The segments of a form that ended longer ago than `ageMs`, oldest first. Never the newest, to which a server may write, and none of the last
 * day, whose keys a server that starts must know again.
 */
export function oldSegments(
  inbox: string,
  form: string,
  { ageMs, now }: { readonly ageMs: number; readonly now: Date },
): readonly EndedSegment[] {
  const all = segmentsIn(formFolder(inbox, form))
  const before = now.getTime() - Math.max(ageMs, keyWindow.ms)
  return all
    .slice(0, -1)
    .map((segment, index) => ({ ...segment, endedMs: all[index + 1]!.number }))
    .filter(({ endedMs }) => endedMs < before)
}

/**
 * Removes segments, oldest first, so that a call that is stopped leaves the newer ones without a gap: they read as before. What was removed
 * is gone for a reader that begins anew.
 */
export function removeSegments(inbox: string, form: string, segments: readonly Segment[]): void {
  for (const { path } of [...segments].sort((a, b) => a.number - b.number)) {
    rmSync(path, { force: true })
    faultPoint('inbox.after_remove')
  }
  if (segments.length > 0) syncPath(formFolder(inbox, form))
}
