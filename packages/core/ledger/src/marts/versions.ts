import { readdirSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import { didYouMean, exitCode, messageOf, SillageError } from '@sillage/base'
import type { Session } from '@sillage/sql'
import { sql, withoutValues } from '@sillage/sql'
import { currentVersion, versionsFolder } from './mart-path.ts'

/** A kept version of a mart, as its file's name says. */
export interface MartVersion {
  /** The run that built it. */
  readonly run: string
  readonly file: string
  readonly bytes: number
  /** True of the one that the link points at. */
  readonly current: boolean
}

/** What a version says of itself; null where it does not say, or is held by a process that writes to it. */
export interface VersionFacts extends MartVersion {
  readonly published_at: string | null
  readonly as_of: string | null
}

/** The versions of a mart, oldest first. Orphans are among them: see `orphansOf`. */
export function listVersions(folder: string, pipeline: string): readonly MartVersion[] {
  const current = currentVersion(folder, pipeline)
  return versionFiles(versionsFolder(folder, pipeline)).flatMap((file) => {
    const size = statSync(file, { throwIfNoEntry: false })?.size
    const run = basename(file, '.duckdb')
    return size === undefined ? [] : [{ run, file, bytes: size, current: file === current }]
  })
}

function versionFiles(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith('.duckdb'))
      .sort()
      .map((name) => join(folder, name))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}

/** Adds what each version's own schema `sillage` says. The session must not be one that holds a version. */
export async function describeVersions(
  session: Session,
  versions: readonly MartVersion[],
): Promise<readonly VersionFacts[]> {
  const described: VersionFacts[] = []
  for (const version of versions) {
    const facts = await withVersion(session, version.file, async (alias) => {
      const [row] = await session.rows<{ published_at: string | null; as_of: string | null }>(
        `select published_at, as_of from ${sql.id(alias, 'sillage', 'runs').text}`,
      )
      return row
    }).catch((error: unknown) => {
      if (error instanceof SillageError) return undefined
      throw error
    })
    described.push({ ...version, published_at: facts?.published_at ?? null, as_of: facts?.as_of ?? null })
  }
  return described
}

/** The fingerprint of what a version shows; undefined where it says none, or cannot be read now. */
export async function versionFingerprint(session: Session, file: string): Promise<string | undefined> {
  return await withVersion(session, file, async (alias) => {
    const [row] = await session.rows<{ print: string }>(
      `select fingerprint as print from ${sql.id(alias, 'sillage', 'runs').text}`,
    )
    return row?.print
  }).catch((error: unknown) => {
    if (error instanceof SillageError) return undefined
    throw error
  })
}

/** False where the file of a version is damaged so that nobody can open it; one that a process holds is not. */
export async function isReadable(session: Session, file: string): Promise<boolean> {
  return await withVersion(session, file, async (alias) => {
    await session.rows(`select fingerprint from ${sql.id(alias, 'sillage', 'runs').text}`)
    return true
  }).catch((error: unknown) => {
    if (error instanceof SillageError) return error.code === 'version_held'
    throw error
  })
}

/** Attaches a version for reading while `work` goes on. Throws `version_held`, `version_unreadable`. */
async function withVersion<T>(
  session: Session,
  file: string,
  work: (alias: string) => Promise<T>,
): Promise<T> {
  const alias = 'version'
  await attachVersion(session, { file, alias })
  try {
    return await work(alias)
  } finally {
    await session.run(`detach ${sql.id(alias).text}`)
  }
}

/** Attaches a version for reading. Throws `version_held` where a process writes to it, `version_unreadable` where it is damaged. */
export async function attachVersion(
  session: Session,
  { file, alias }: { readonly file: string; readonly alias: string },
): Promise<void> {
  try {
    await session.run(`attach ${sql.literal(file).text} as ${sql.id(alias).text} (read_only)`)
  } catch (cause) {
    throw versionFailed(file, cause)
  }
}

/** Why a version cannot be opened: `version_held` where a process writes to it, else `version_unreadable`. */
export function versionFailed(file: string, cause: unknown): SillageError {
  const text = messageOf(cause instanceof Error && cause.cause ? cause.cause : cause)
  const run = basename(file, '.duckdb')
  if (/Conflicting lock|Could not set lock/i.test(text)) {
    const pid = /PID (\d+)/.exec(text)?.[1]
    return new SillageError({
      code: 'version_held',
      message: `The version ${run} is open for writing in another process${pid === undefined ? '' : ` (pid ${pid})`}`,
      hint: 'close it there, or open it read-only (duckdb -readonly), then try again',
      retryable: true,
      facts: { file },
      cause,
    })
  }
  return new SillageError({
    code: 'version_unreadable',
    message: `The version ${run} cannot be read: ${withoutValues(text)}`,
    hint: 'it may be damaged: publish again with `sillage run`, or go back with `sillage rollback`',
    facts: { file },
    cause,
  })
}

/** The version of a run, by its whole name or the beginning of it that only one has. Throws `version_unknown`. */
export function findVersion(versions: readonly MartVersion[], run: string): MartVersion {
  const found = versions.filter((version) => version.run === run)
  const begun = found.length > 0 ? found : versions.filter((version) => version.run.startsWith(run))
  if (begun.length === 1) return begun[0]!
  const names = versions.map((version) => version.run)
  throw new SillageError({
    code: 'version_unknown',
    message: `${begun.length === 0 ? 'No' : 'More than one'} kept version is called "${run}"`,
    hint: names.length === 0 ? '`sillage run` publishes one' : didYouMean(run, names),
    exit: exitCode.usage,
  })
}
