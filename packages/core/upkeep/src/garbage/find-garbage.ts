import { existsSync, readdirSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import type { Ledger, RunPaths, Stores } from '@sillage/ledger'
import { currentVersion, orphansOf, readHolder, surplus, versionsFolder } from '@sillage/ledger'
import { historyName } from '../history/history-name.ts'
import { bytesOf } from './bytes-of.ts'

/** A file or folder that nothing needs any more. */
export interface GarbageItem {
  /** `orphan`: a version that no reader ever saw. `cache`: databases of samples and backfills, files that a source was turned into. */
  readonly kind: 'version' | 'orphan' | 'link' | 'temporary' | 'cache' | 'journal'
  readonly path: string
  readonly bytes: number
}

export interface FindFacts {
  readonly stores: Pick<Stores, 'filesOf'>
  /** Of the working store; undefined where nothing is known. */
  readonly ledger: Pick<Ledger, 'publications'> | undefined
  readonly paths: RunPaths
  readonly pipeline: string
  /** Versions to keep. */
  readonly keep: number
  /** Journals to keep. */
  readonly journals: number
}

/** What a pipeline leaves behind that can go: never the version that readers see, never `state/`. */
export async function findGarbage(facts: FindFacts): Promise<readonly GarbageItem[]> {
  const { paths, pipeline, journals, stores } = facts
  const own = dirname(paths.database)
  const side = ['sample', 'backfill'].map((name) => join(own, `${name}.duckdb`))
  const idle = side.filter((file) => readHolder(file) === undefined)
  return [
    ...(await versionGarbage(facts, pipeline)),
    ...(await versionGarbage({ ...facts, ledger: undefined }, historyName(pipeline))),
    ...leftoverLinks(paths.marts, [pipeline, historyName(pipeline)]),
    ...(idle.length === side.length
      ? found(
          'temporary',
          ['', '-backfill', '-diff'].map((end) => `${paths.temp}${end}`),
        )
      : []),
    ...found('temporary', stores.filesOf(paths).leftovers),
    ...found('cache', [
      ...idle.flatMap((database) => stores.filesOf({ database }).store),
      join(own, 'scratch'),
    ]).filter(({ bytes }) => bytes > 0),
    ...found('journal', journalFiles(paths.journals).slice(0, -journals)),
  ]
}

async function versionGarbage(
  { ledger, paths, keep }: FindFacts,
  pipeline: string,
): Promise<readonly GarbageItem[]> {
  const folder = versionsFolder(paths.marts, pipeline)
  if (!existsSync(folder)) return []
  const runs = readdirSync(folder)
    .filter((name) => name.endsWith('.duckdb'))
    .map((name) => basename(name, '.duckdb'))
  const orphans = ledger
    ? orphansOf(await ledger.publications(), { runs, paths, pipeline })
    : new Set<string>()
  const old = surplus({ folder, current: currentVersion(paths.marts, pipeline), keep, orphans })
  return old.flatMap((file) =>
    found(orphans.has(basename(file, '.duckdb')) ? 'orphan' : 'version', [file, `${file}.wal`]),
  )
}

/** Links that a process ended before it could rename. */
function leftoverLinks(folder: string, pipelines: readonly string[]): readonly GarbageItem[] {
  if (!existsSync(folder)) return []
  const begins = pipelines.map((pipeline) => `${pipeline}.duckdb.next-`)
  return readdirSync(folder)
    .filter((name) => begins.some((begin) => name.startsWith(begin)))
    .map((name) => ({ kind: 'link', path: join(folder, name), bytes: 0 }))
}

function journalFiles(folder: string): readonly string[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder)
    .filter((name) => name.endsWith('.jsonl'))
    .sort()
    .map((name) => join(folder, name))
}

function found(kind: GarbageItem['kind'], paths: readonly string[]): readonly GarbageItem[] {
  return paths.filter(existsSync).map((path) => ({ kind, path, bytes: bytesOf(path) }))
}
