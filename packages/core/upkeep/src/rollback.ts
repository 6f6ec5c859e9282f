import { join } from 'node:path'
import { isSillageError, newRunId } from '@sillage/base'
import { JournalWriter, lastRunId } from '@sillage/journal'
import {
  attachVersion,
  listVersions,
  type MartVersion,
  martPath,
  orphansOf,
  type Publication,
  pointLink,
  runPaths,
  type Stores,
  unknownVersion,
  versionFingerprint,
} from '@sillage/ledger'
import type { Places } from '@sillage/plan'
import { seconds } from '@sillage/run'
import type { Session } from '@sillage/sql'

export interface RollbackOptions {
  readonly stores: Pick<Stores, 'openKept'>
  readonly places: Places
  readonly pipeline: string
  /** Which of the published versions (oldest first) readers are to see; throws where it finds none. */
  readonly choose: (versions: readonly MartVersion[]) => MartVersion
  readonly command: string
  readonly now: () => Date
}

export interface RollbackResult {
  readonly pipeline: string
  /** The version that readers saw before; null where the link was deleted. */
  readonly from: string | null
  readonly to: string
  readonly mart: string
  /** False where readers saw that version already. */
  readonly changed: boolean
  /** True where runs leave it so until the pipeline changes; false where nobody knows any more what was published last. */
  readonly holds: boolean
}

/**
 * Points the link of a mart at an older version, as a publication of its own: recorded with the fingerprint that it replaces, so that a run
 * which would publish just that leaves the link alone. Owns the working database while it works. Throws `busy` while a run goes on,
 * `version_unreadable` for a damaged file.
 */
export async function rollback({
  places,
  pipeline,
  choose,
  command,
  now,
  stores,
}: RollbackOptions): Promise<RollbackResult> {
  const started = performance.now()
  const paths = runPaths({ places, pipeline })
  await using kept = (await stores.openKept({ paths, command, create: true }))!
  const { ledger, session } = kept
  const found = listVersions(paths.marts, pipeline)
  const runs = found.map((version) => version.run)
  const place = { paths, pipeline }
  const orphans = orphansOf(await ledger.publications(), { ...place, runs })
  const published = found.filter((version) => !orphans.has(version.run))
  const target = choose(published)
  const from = found.find((version) => version.current)?.run ?? null
  const mart = martPath(paths.marts, pipeline)
  const result = { pipeline, from, to: target.run, mart }
  if (target.current) return { ...result, changed: false, holds: true }
  await assertReadable(session, target)
  const unknown = unknownVersion(await ledger.publications(), place)
  if (unknown) await ledger.recordPublication(unknown, now())
  const [last] = await ledger.publications()
  const replaced = await lastFingerprint(session, { last, versions: published })
  const run = newRunId(now(), lastRunId(paths.journals))
  using journal = new JournalWriter(join(paths.journals, `${run}.jsonl`), now)
  journal.append({ event: 'run_started', run, pipeline, pid: process.pid, command, stages: [] })
  await ledger.recordPublication({ run, fingerprint: replaced, path: target.file, action: 'rollback' }, now())
  pointLink({ link: mart, target: target.file })
  journal.append({ event: 'rolled_back', mart, from, to: target.run })
  journal.append({ event: 'run_finished', status: 'succeeded', seconds: seconds(started) })
  return { ...result, changed: true, holds: replaced !== '' }
}

/** A damaged version must not be shown to readers; one that another process writes to is left to it. */
async function assertReadable(session: Session, { file }: MartVersion): Promise<void> {
  try {
    await attachVersion(session, { file, alias: 'target' })
    await session.run('detach target')
  } catch (error) {
    if (!isSillageError(error) || error.code !== 'version_held') throw error
  }
}

/** The fingerprint of what was published last: from the ledger, else from the newest version itself, else empty. */
async function lastFingerprint(
  session: Session,
  { last, versions }: { readonly last: Publication | undefined; readonly versions: readonly MartVersion[] },
): Promise<string> {
  if (last && last.fingerprint !== '') return last.fingerprint
  const file = last?.path ?? versions.at(-1)?.file
  return file === undefined ? '' : ((await versionFingerprint(session, file)) ?? '')
}
