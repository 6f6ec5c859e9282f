import { existsSync, readdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { readSegment } from './read-segment.ts'
import { partial, type StateRecord } from './segment.ts'
import { writeSegment } from './write-segment.ts'

/** What cannot be computed again: `<folder>/<kind>/<pipeline>/<run>-<n>.jsonl`, append-only. */
export interface State {
  readonly folder: string
  /** Adds records as one new segment; durable when it returns. No records, no segment. One writer a pipeline at a time. */
  readonly append: (segment: {
    readonly kind: string
    readonly pipeline: string
    readonly run: string
    readonly records: readonly StateRecord[]
  }) => void
  /** Records of a kind in the order of their runs. Throws `state_damaged`, `state_newer` naming file and line. */
  readonly read: (kind: string, pipeline: string) => Generator<StateRecord>
  /** Absolute paths of the segments of a kind, in order. */
  readonly segments: (kind: string, pipeline: string) => readonly string[]
  /** Removes what writers of a pipeline that were killed left half-written. Only while nobody writes its state. */
  readonly tidy: (pipeline: string) => void
}

/** Opens a state folder. Nothing is made before the first record. */
export function openState(folder: string): State {
  const folderOf = (kind: string, pipeline: string): string => join(folder, kind, pipeline)
  const segments = (kind: string, pipeline: string): readonly string[] => {
    const own = folderOf(kind, pipeline)
    return segmentNames(own).map((name) => join(own, name))
  }
  return {
    folder,
    segments,
    append({ kind, pipeline, run, records }) {
      if (records.length === 0) return
      const own = folderOf(kind, pipeline)
      const number = segmentNames(own).filter((name) => name.startsWith(`${run}-`)).length + 1
      writeSegment({ folder: own, name: `${run}-${String(number).padStart(4, '0')}.jsonl`, records })
    },
    tidy(pipeline) {
      for (const kind of namesIn(folder))
        for (const name of namesIn(folderOf(kind, pipeline)))
          if (name.endsWith(partial)) rmSync(join(folderOf(kind, pipeline), name))
    },
    *read(kind, pipeline) {
      for (const file of segments(kind, pipeline)) yield* readSegment(file)
    },
  }
}

/** Names of whole segments, sorted: runs sort by time. A temporary file that a killed process left is none. */
function segmentNames(folder: string): readonly string[] {
  return namesIn(folder)
    .filter((name) => name.endsWith('.jsonl'))
    .sort()
}

function namesIn(folder: string): readonly string[] {
  return existsSync(folder) && statSync(folder).isDirectory() ? readdirSync(folder) : []
}
