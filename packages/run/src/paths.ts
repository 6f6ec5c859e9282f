import { join } from 'node:path'

/** Where a pipeline keeps its things, under its project. */
export interface RunPaths {
  readonly database: string
  readonly journals: string
  readonly temp: string
  readonly marts: string
  readonly bindCache: string
}

/** Runs of a `sample` and of a `backfill` use a database of their own, so that they never stand in for real results. */
export function runPaths({
  project,
  pipeline,
  sample = false,
  backfill = false,
}: {
  readonly project: string
  readonly pipeline: string
  readonly sample?: boolean
  readonly backfill?: boolean
}): RunPaths {
  const own = join(project, '.sillage', pipeline)
  return {
    database: join(own, sample ? 'sample.duckdb' : backfill ? 'backfill.duckdb' : 'work.duckdb'),
    journals: join(own, 'runs'),
    temp: join(project, '.sillage', 'tmp', backfill ? `${pipeline}-backfill` : pipeline),
    marts: join(project, 'marts'),
    bindCache: join(own, 'bind.json'),
  }
}
