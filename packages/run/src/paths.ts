import { join } from 'node:path'

/** Where a pipeline keeps its things, under its project. */
export interface RunPaths {
  readonly database: string
  /** That of full runs and that of samples: each has a lock of its own. */
  readonly databases: readonly string[]
  readonly journals: string
  readonly temp: string
  readonly marts: string
  readonly bindCache: string
}

/** `sample` runs use a database of their own, so that they never stand in for real results. */
export function runPaths({
  project,
  pipeline,
  sample = false,
}: {
  readonly project: string
  readonly pipeline: string
  readonly sample?: boolean
}): RunPaths {
  const own = join(project, '.sillage', pipeline)
  const databases = [join(own, 'work.duckdb'), join(own, 'sample.duckdb')]
  return {
    database: databases[sample ? 1 : 0]!,
    databases,
    journals: join(own, 'runs'),
    temp: join(project, '.sillage', 'tmp', sample ? `${pipeline}.sample` : pipeline),
    marts: join(project, 'marts'),
    bindCache: join(own, 'bind.json'),
  }
}
