import { existsSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { compactSegments, deliveryFolders } from '@sillage/deliver'
import { type Compacted, runPaths, type Stores } from '@sillage/ledger'
import type { Places } from '@sillage/plan'
import type { Session } from '@sillage/sql'
import { type FindFacts, findGarbage, type GarbageItem } from './find-garbage.ts'

export interface GarbageOptions {
  readonly stores: Stores
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
  /** Segments of what was accepted that were made one each. */
  readonly segments: number
  readonly freed_bytes: number
}

/** Removes what a pipeline left behind and compacts its working database, which it owns meanwhile. Throws `busy` while a run goes on. */
export async function collectGarbage(options: GarbageOptions): Promise<Garbage> {
  const { places, pipeline, dryRun, command, stores } = options
  const paths = runPaths({ places, pipeline })
  const facts = { ...options, paths }
  await using kept = await stores.openKept({ paths, command, readOnly: dryRun })
  if (!kept) {
    await using memory = await stores.openDatabase({ path: ':memory:' })
    using own = await memory.session()
    const segments = await compactDeliveries(own, options)
    return result(options, await clear({ ...facts, ledger: undefined }, dryRun), { segments })
  }
  const items = await clear({ ...facts, ledger: kept.isCurrent ? kept.ledger : undefined }, dryRun)
  const segments = await compactDeliveries(kept.session, options)
  const compacted = await kept.compact({ dryRun })
  return result(options, items, { segments, compacted })
}

/** Makes the segments of each place one, that holds the last word on each key. Gives how many became one. */
async function compactDeliveries(
  session: Session,
  { places, pipeline, dryRun }: GarbageOptions,
): Promise<number> {
  const { deliveries } = deliveryFolders(places.state, pipeline)
  if (dryRun || !existsSync(deliveries)) return 0
  let count = 0
  for (const name of readdirSync(deliveries)) count += await compactSegments(session, join(deliveries, name))
  return count
}

async function clear(facts: FindFacts, dryRun: boolean): Promise<readonly GarbageItem[]> {
  const items = await findGarbage(facts)
  if (!dryRun) for (const { path } of items) rmSync(path, { recursive: true, force: true })
  return items
}

function result(
  { pipeline }: GarbageOptions,
  items: readonly GarbageItem[],
  { segments, compacted }: { readonly segments: number; readonly compacted?: Compacted | undefined },
): Garbage {
  const removed = items.reduce((sum, { bytes }) => sum + bytes, 0)
  return {
    pipeline,
    items,
    compacted: compacted ?? null,
    segments,
    freed_bytes: removed + (compacted ? compacted.before - compacted.after : 0),
  }
}
