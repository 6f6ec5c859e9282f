import { existsSync } from 'node:fs'
import { basename, join } from 'node:path'
import { readLines } from '@sillage/journal'
import type { RunPaths } from '../paths.ts'
import type { Publication } from '../port.ts'
import { currentVersion } from './mart-path.ts'

/**
 * Runs that left the file of a version which no reader ever saw: they ended between the file and the link. Proof is asked for, since an
 * orphan is removed: a journal of the run that tells of no publishing, and a ledger that knows of none. Where either was deleted the
 * version counts as published.
 */
export function orphansOf(
  publications: readonly Publication[],
  {
    runs,
    paths,
    pipeline,
  }: { readonly runs: readonly string[]; readonly paths: RunPaths; readonly pipeline: string },
): ReadonlySet<string> {
  const known = new Set(publications.map(({ path }) => basename(path, '.duckdb')))
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

/**
 * The version that readers see and the ledger does not know, since a run ended between the link and the ledger: it is to be noted, so that it
 * counts as published when another takes its place.
 */
export function unknownVersion(
  publications: readonly Publication[],
  { paths, pipeline }: { readonly paths: RunPaths; readonly pipeline: string },
): Publication | undefined {
  const path = currentVersion(paths.marts, pipeline)
  if (path === undefined) return undefined
  const run = basename(path, '.duckdb')
  if (publications.some((one) => basename(one.path, '.duckdb') === run)) return undefined
  return { run, fingerprint: '', path, action: 'found' }
}
