import { SillageError } from '@sillage/base'
import { findVersion, listVersions, type MartVersion, type RunPaths, runPaths } from '@sillage/ledger'
import type { NamedPipeline } from './pipeline-name.ts'

/** The kept versions of a pipeline's marts, oldest first, with the current one where the link points at one. */
export interface KeptVersions extends NamedPipeline {
  readonly paths: RunPaths
  readonly versions: readonly MartVersion[]
  readonly current: MartVersion | undefined
}

/** Throws `mart_missing` where nothing was published. */
export function keptVersions(named: NamedPipeline): KeptVersions {
  const paths = runPaths({ places: named.places, pipeline: named.name })
  const versions = listVersions(paths.marts, named.name)
  if (versions.length === 0)
    throw new SillageError({
      code: 'mart_missing',
      message: 'This pipeline has published no mart yet',
      hint: `sillage run ${named.name}`,
    })
  return { ...named, paths, versions, current: versions.find((version) => version.current) }
}

/** The version before the current one; where the link was deleted, the newest. Throws `version_before_missing`. */
export function versionBefore({
  versions,
  current = versions.find((version) => version.current),
  name,
}: Pick<KeptVersions, 'versions' | 'name'> & { readonly current?: MartVersion | undefined }): MartVersion {
  const before =
    current === undefined ? versions.at(-1) : versions.filter((version) => version.run < current.run).at(-1)
  if (before) return before
  throw new SillageError({
    code: 'version_before_missing',
    message: `No version before the current one (${current!.run}) is kept`,
    hint:
      versions.length > 1
        ? `name one: ${versions.map((version) => version.run).join(', ')}`
        : `sillage run ${name} publishes the next one when something changed`,
  })
}

/** The two versions to compare: named ones, or one against the current, or the one before against the current. */
export function versionsToCompare(
  kept: KeptVersions,
  runs: readonly string[],
): { readonly before: MartVersion; readonly after: MartVersion } {
  const [from, to] = runs
  const after = to === undefined ? requireCurrent(kept) : findVersion(kept.versions, to)
  const before = from === undefined ? versionBefore(kept) : findVersion(kept.versions, from)
  if (before.run !== after.run) return { before, after }
  throw new SillageError({
    code: 'same_version',
    message: `${after.run} is the same version on both sides`,
    hint: `kept: ${kept.versions.map((version) => version.run).join(', ')}`,
  })
}

function requireCurrent({ current, versions, name }: KeptVersions): MartVersion {
  if (current) return current
  throw new SillageError({
    code: 'mart_deleted',
    message: `The mart of "${name}" was deleted; ${versions.length} ${versions.length === 1 ? 'version is' : 'versions are'} kept`,
    hint: `sillage rollback ${name} restores the newest one, sillage run ${name} publishes again`,
  })
}
