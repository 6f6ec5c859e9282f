import { existsSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { readHolder, runPaths } from '@sillage/ledger'
import type { Places } from '@sillage/plan'
import { bytesOf } from './bytes-of.ts'

/** What a pipeline left that is no longer in the project by its name: it was renamed or removed. */
export interface StalePipeline {
  readonly pipeline: string
  /** Its folder: working database and journals. */
  readonly folder: string
  readonly bytes: number
  /** The link of its mart, where there is one. It always stays. */
  readonly mart: string | null
}

/** Pipelines that ran in an environment of a project whose names none of its files bears now. */
export function stalePipelines(places: Places, known: readonly string[]): readonly StalePipeline[] {
  const root = places.work
  if (!existsSync(root)) return []
  return readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name !== 'tmp' && !known.includes(entry.name))
    .map(({ name }) => ({ name, paths: runPaths({ places, pipeline: name }) }))
    .filter(({ paths }) => existsSync(paths.database) || existsSync(paths.journals))
    .map(({ name, paths }) => ({
      pipeline: name,
      folder: join(root, name),
      bytes: bytesOf(join(root, name)),
      mart: existsSync(join(paths.marts, `${name}.duckdb`)) ? join(paths.marts, `${name}.duckdb`) : null,
    }))
}

/** Removes the working folder of a stale pipeline; its marts and `state/` stay. Gives false where a process works on it. */
export function removeStale(places: Places, { pipeline, folder }: StalePipeline): boolean {
  if (readHolder(runPaths({ places, pipeline }).database)) return false
  rmSync(folder, { recursive: true, force: true })
  return true
}
