import { existsSync } from 'node:fs'
import { basename, join } from 'node:path'
import { readLines } from '@sillage/journal'
import type { RunPaths } from '@sillage/ledger'
import { currentVersion } from '@sillage/ledger'
import { sql } from '@sillage/sdk'
import type { Session } from '@sillage/sql'

/**
 * Runs that left the file of a version which no reader ever saw: they ended between the file and the link. Proof is asked for, since an
 * orphan is removed: a journal of the run that tells of no publishing, and a ledger that knows of none. Where either was deleted the
 * version counts as published.
 */
export async function orphansOf(
  session: Session,
  {
    runs,
    paths,
    pipeline,
  }: { readonly runs: readonly string[]; readonly paths: RunPaths; readonly pipeline: string },
): Promise<ReadonlySet<string>> {
  const known = new Set((await publications(session)).map(({ path }) => basename(path, '.duckdb')))
  const current = currentVersion(paths.marts, pipeline)
  const shown = current === undefined ? undefined : basename(current, '.duckdb')
  return new Set(runs.filter((run) => run !== shown && !known.has(run) && endedUnpublished(paths, run)))
}

function endedUnpublished(paths: RunPaths, run: string): boolean {
  const journal = join(paths.journals, `${run}.jsonl`)
  if (!existsSync(journal)) return false
  const lines = readLines(journal)
  return lines.length > 0 && !lines.some((line) => line.event === 'published')
}

export interface Publication {
  readonly run: string
  readonly fingerprint: string
  /** The version's file. */
  readonly path: string
  readonly action: string
}

/** What was published and rolled back, the last one first; by their order and not by their time, for a clock may go back. */
export async function publications(session: Session): Promise<readonly Publication[]> {
  const rows = await session.rows(
    'select run, fingerprint, path, action from sillage.publications order by rowid desc',
  )
  return rows as unknown as readonly Publication[]
}

/**
 * Where a run ended between the link and the ledger, readers see a version that the ledger does not know: it is noted, so that it counts
 * as published when another takes its place.
 */
export async function noteCurrent(
  session: Session,
  { paths, pipeline, now }: { readonly paths: RunPaths; readonly pipeline: string; readonly now: Date },
): Promise<void> {
  const current = currentVersion(paths.marts, pipeline)
  if (current === undefined) return
  const run = basename(current, '.duckdb')
  const known = await publications(session)
  if (known.some(({ path }) => basename(path, '.duckdb') === run)) return
  await session.run(
    sql`insert into sillage.publications values (${run}, '', ${current}, 'found', ${now})`.text,
  )
}
