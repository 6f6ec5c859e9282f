import { existsSync, rmSync } from 'node:fs'
import type { Places } from '@sillage/plan'
import { Database, ledgerVersion, readVersion } from '@sillage/store'
import { runPaths } from '../paths.ts'
import { type Compacted, compact, compactable } from './compact.ts'
import { type FindFacts, findGarbage, type GarbageItem } from './find-garbage.ts'

export interface GarbageOptions {
  readonly places: Places
  readonly pipeline: string
  /** Versions of the mart to keep. */
  readonly keep: number
  /** Journals to keep. */
  readonly journals: number
  readonly command: string
  readonly dryRun: boolean
}

/** What was removed, or would be. */
export interface Garbage {
  readonly pipeline: string
  readonly items: readonly GarbageItem[]
  /** The working database before and after; null where little would be freed. */
  readonly compacted: Compacted | null
  readonly freed_bytes: number
}

/** Removes what a pipeline left behind and compacts its working database, which it owns meanwhile. Throws `busy` while a run goes on. */
export async function collectGarbage(options: GarbageOptions): Promise<Garbage> {
  const { places, pipeline, dryRun, command } = options
  const paths = runPaths({ places, pipeline })
  const facts = { ...options, paths }
  if (!existsSync(paths.database))
    return result(options, await clear({ ...facts, session: undefined }, dryRun), undefined)
  await using database = await Database.open({ path: paths.database, command, readOnly: dryRun })
  using session = await database.session()
  const known = (await readVersion(session)) === ledgerVersion
  const items = await clear({ ...facts, session: known ? session : undefined }, dryRun)
  const compacted = await (dryRun ? compactable : compact)(database, session)
  return result(options, items, compacted)
}

async function clear(facts: FindFacts, dryRun: boolean): Promise<readonly GarbageItem[]> {
  const items = await findGarbage(facts)
  if (!dryRun) for (const { path } of items) rmSync(path, { recursive: true, force: true })
  return items
}

function result(
  { pipeline }: GarbageOptions,
  items: readonly GarbageItem[],
  compacted: Compacted | undefined,
): Garbage {
  const removed = items.reduce((sum, { bytes }) => sum + bytes, 0)
  return {
    pipeline,
    items,
    compacted: compacted ?? null,
    freed_bytes: removed + (compacted ? compacted.before - compacted.after : 0),
  }
}
