import { basename } from 'node:path'
import { canonicalJson } from '@sillage/base'
import type { PipelineStage } from '@sillage/pipeline'
import type { Files, KnownSource } from './ports.ts'
import type { FileState, StepParts } from './step.ts'

/** The last scan of a stage, if it was asked for the same. */
export function lastScan(
  {
    name,
    plugin,
    config,
  }: Pick<PipelineStage, 'name' | 'config'> & { readonly plugin: { readonly hash: string } },
  {
    files,
    duckdb,
    provenance,
  }: Pick<StepParts, 'duckdb' | 'provenance'> & { readonly files: Pick<Files, 'lastSource'> },
): KnownSource | undefined {
  const last = files.lastSource(name)
  const isSame =
    last?.parts.plugin === plugin.hash &&
    last.parts.duckdb === duckdb &&
    last.parts.provenance === provenance &&
    canonicalJson(last.parts.config) === canonicalJson(config)
  return isSame ? last : undefined
}

/**
 * The files of the last scan, as `SourceContext.previous` gives them. They are known by their base names, which must be distinct; one that
 * grew must hold, byte by byte, what it held then.
 */
export async function previousFiles({
  last,
  seen,
  files,
  shownOf,
  holds,
}: {
  readonly last: KnownSource | undefined
  readonly seen: readonly string[]
  readonly files: Pick<Files, 'states' | 'hashOfStart'>
  readonly shownOf: (path: string) => string
  readonly holds: Files['holds']
}): Promise<ReadonlyMap<string, number> | undefined> {
  if (last === undefined || last.parts.files.length === 0) return undefined
  const pathOf = new Map(seen.map((path) => [basename(path), path]))
  if (pathOf.size < seen.length) return undefined
  const states = new Map((await files.states(seen)).map((state, index) => [seen[index]!, state]))
  const found = new Map<string, number>()
  for (const known of last.parts.files) {
    const before = withoutPlace(known)
    const path = pathOf.get(before.name)
    const now = path === undefined ? undefined : states.get(path)!
    if (path === undefined || now === undefined || now.size < before.size) return undefined
    if (known.shown !== undefined && known.shown !== shownOf(path)) return undefined
    const isSame =
      now.size === before.size
        ? canonicalJson(now) === canonicalJson(before)
        : files.hashOfStart(path, before.size) === before.hash &&
          (await holds(path, { bytes: before.size, pieces: last.contents?.[before.name] }))
    if (!isSame) return undefined
    found.set(path, before.size)
  }
  return found
}

/** The state of a file wherever it stands. */
export function withoutPlace({ shown: _, ...state }: FileState): FileState {
  return state
}
