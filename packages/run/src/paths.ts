import { join } from 'node:path'
import type { Places } from '@sillage/plan'

/** Where a pipeline keeps its things, in its project's places. */
export interface RunPaths {
  readonly database: string
  /** That of full runs and that of samples: each has a lock of its own. */
  readonly databases: readonly string[]
  readonly journals: string
  readonly temp: string
  readonly marts: string
  readonly bindCache: string
  /** What the sources were at the last run. */
  readonly sources: string
}

/** `sample` runs use a database of their own, so that they never stand in for real results. */
export function runPaths({
  places,
  pipeline,
  sample = false,
}: {
  readonly places: Places
  readonly pipeline: string
  readonly sample?: boolean
}): RunPaths {
  const own = join(places.work, pipeline)
  const databases = [join(own, 'work.duckdb'), join(own, 'sample.duckdb')]
  return {
    database: databases[sample ? 1 : 0]!,
    databases,
    journals: join(own, 'runs'),
    temp: join(places.work, 'tmp', sample ? `${pipeline}.sample` : pipeline),
    marts: places.marts,
    bindCache: join(own, 'bind.json'),
    sources: join(own, 'sources.json'),
  }
}
