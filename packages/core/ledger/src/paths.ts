import { join } from 'node:path'
import { type Places, temporaryFolder } from '@sillage/plan'

/** Where a pipeline keeps its things, in its project's places. */
export interface RunPaths {
  readonly database: string
  /** Those of full runs, samples and backfills: each has a lock of its own. */
  readonly databases: readonly string[]
  readonly journals: string
  readonly temp: string
  readonly marts: string
  readonly bindCache: string
  /** What the sources were at the last run. */
  readonly sources: string
}

/** Runs of a `sample` and of a `backfill` use a database of their own, so that they never stand in for real results. */
export function runPaths({
  places,
  pipeline,
  sample = false,
  backfill = false,
}: {
  readonly places: Places
  readonly pipeline: string
  readonly sample?: boolean
  readonly backfill?: boolean
}): RunPaths {
  const own = join(places.work, pipeline)
  const databases = ['work', 'sample', 'backfill'].map((name) => join(own, `${name}.duckdb`))
  return {
    database: databases[sample ? 1 : backfill ? 2 : 0]!,
    databases,
    journals: join(own, 'runs'),
    temp: temporaryFolder(
      places,
      sample ? `${pipeline}.sample` : backfill ? `${pipeline}.backfill` : pipeline,
    ),
    marts: places.marts,
    bindCache: join(own, 'bind.json'),
    sources: join(own, 'sources.json'),
  }
}

/** Where `sillage serve` keeps what it received. */
export function inboxFolder({ state }: Pick<Places, 'state'>): string {
  return join(state, 'inbox')
}

/** Where a working database of an older layout waits until what it delivered is taken over. */
export function olderWorking({ database }: Pick<RunPaths, 'database'>): string {
  return `${database}.older`
}
