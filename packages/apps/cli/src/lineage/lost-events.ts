import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { writeWhole } from '@sillage/base'
import type { Places } from '@sillage/plan'

/** Events of lineage that no receiver took. */
export interface Lost {
  readonly events: number
  /** In words; no address. */
  readonly reason: string
}

/** What is kept of them for a pipeline: a journal ends with its run, and whether its end was taken is known only after that. */
export interface LostEvents {
  /** Of all runs. */
  readonly total: number
  /** Of the last run of which some were lost. */
  readonly last: Lost & { readonly run: string }
}

/** Undefined where none were lost, or it cannot be read. */
export function readLost(places: Pick<Places, 'work'>, pipeline: string): LostEvents | undefined {
  try {
    return JSON.parse(readFileSync(fileOf(places, pipeline), 'utf8')) as LostEvents
  } catch {
    return undefined
  }
}

/** Adds those of a run. Never throws: a run does not fail for what is told of it. */
export function noteLost(places: Pick<Places, 'work'>, pipeline: string, last: LostEvents['last']): void {
  const path = fileOf(places, pipeline)
  const total = (readLost(places, pipeline)?.total ?? 0) + last.events
  try {
    writeWhole(path, `${JSON.stringify({ total, last } satisfies LostEvents)}\n`)
  } catch {
    // It was said on stderr.
  }
}

function fileOf({ work }: Pick<Places, 'work'>, pipeline: string): string {
  return join(work, pipeline, 'lineage-lost.json')
}
