import { existsSync, readdirSync, readlinkSync, rmSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'

/** Path of the link that analysts open. */
export function martPath(folder: string, pipeline: string): string {
  return join(folder, `${pipeline}.duckdb`)
}

/** The folder of a mart's versions. */
export function versionsFolder(folder: string, pipeline: string): string {
  return join(folder, '.versions', pipeline)
}

/** True for a symbolic link. */
export function isLink(path: string): boolean {
  try {
    readlinkSync(path)
    return true
  } catch {
    return false
  }
}

/** Removes a version's file and its log. A reader that has it open goes on reading it. */
export function removeVersion(file: string): void {
  rmSync(file, { force: true })
  rmSync(`${file}.wal`, { force: true })
}

/** Files of versions that are not kept: orphans, and what is older than the newest `keep`. Never the current one. */
export function surplus({
  folder,
  current,
  keep,
  orphans = new Set(),
}: {
  readonly folder: string
  readonly current: string | undefined
  readonly keep: number
  readonly orphans?: ReadonlySet<string> | undefined
}): readonly string[] {
  const names = readdirSync(folder)
    .filter((file) => file.endsWith('.duckdb'))
    .sort()
  const isOrphan = (name: string): boolean => orphans.has(basename(name, '.duckdb'))
  const kept = names.filter((name) => !isOrphan(name)).slice(-keep)
  return names
    .filter((name) => !kept.includes(name))
    .map((name) => join(folder, name))
    .filter((file) => file !== current)
}

/** The file that a mart's link points at now; undefined where nothing was published. */
export function currentVersion(folder: string, pipeline: string): string | undefined {
  const link = martPath(folder, pipeline)
  if (!isLink(link)) return undefined
  const target = join(dirname(link), readlinkSync(link))
  return existsSync(target) ? target : undefined
}
