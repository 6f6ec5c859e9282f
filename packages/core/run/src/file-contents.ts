import { statSync } from 'node:fs'
import { basename } from 'node:path'
import { canonicalJson } from '@sillage/base'
import { hashPieces, pieceBytes, sampledBytes } from '@sillage/ledger'
import type { FileState, KnownSource, SourceStep, Step } from '@sillage/plan'

/** Hashes of what each file of a source held when it was read, by base name; files that the samples of their state cover are left out. */
export type FileContents = NonNullable<KnownSource['contents']>

/**
 * Hashes the files whose growth their sources follow, while the steps run: the next run reads the end of one that grew alone only if all
 * that was read is as it was. What is known already is not read again. Gives nothing for a file that changed meanwhile.
 */
export async function hashContents(
  steps: readonly Step[],
  { last, signal }: { readonly last: ReadonlyMap<string, KnownSource>; readonly signal: AbortSignal },
): Promise<ReadonlyMap<string, FileContents>> {
  const found = new Map<string, FileContents>()
  for (const step of steps)
    if (step.style === 'source' && step.followsGrowth)
      found.set(step.stage, await contentsOf(step, last.get(step.stage), signal))
  return found
}

async function contentsOf(
  step: SourceStep,
  last: KnownSource | undefined,
  signal: AbortSignal,
): Promise<FileContents> {
  const pathOf = new Map(step.files.map((path) => [basename(path), path]))
  if (pathOf.size < step.files.length) return {}
  const contents: Record<string, readonly string[]> = {}
  for (const state of step.parts.files) {
    const path = pathOf.get(state.name)
    if (path === undefined || state.size <= sampledBytes) continue
    const before = last?.parts.files.find(({ name }) => name === state.name)
    const known = last?.contents?.[state.name]
    const pieces =
      before && known && canonicalJson(before) === canonicalJson(state)
        ? known
        : await readPieces({ path, state, signal, start: startOf({ step, last, before, known }) })
    if (pieces && isStill(path, state)) contents[state.name] = pieces
  }
  return contents
}

/** The pieces that hold, since the plan compared the file with them. */
function startOf({
  step,
  last,
  before,
  known,
}: {
  readonly step: SourceStep
  readonly last: KnownSource | undefined
  readonly before: FileState | undefined
  readonly known: readonly string[] | undefined
}): readonly string[] {
  if (!before || !known || step.appended === undefined || step.appended.since !== last?.fingerprint) return []
  return known.slice(0, Math.floor(before.size / pieceBytes))
}

async function readPieces({
  path,
  state,
  start,
  signal,
}: {
  readonly path: string
  readonly state: FileState
  readonly start: readonly string[]
  readonly signal: AbortSignal
}): Promise<readonly string[] | undefined> {
  const more = await hashPieces(path, { from: start.length, to: state.size, signal })
  return more && [...start, ...more]
}

function isStill(path: string, { size, modified, changed }: FileState): boolean {
  const now = statSync(path, { throwIfNoEntry: false })
  return now?.size === size && Math.trunc(now.mtimeMs) === modified && now.ctimeMs === changed
}
