import { type Diagnostic, diagnostic, fingerprint } from '@sillage/base'
import type { Locator, PipelineStage } from '@sillage/pipeline'
import { type TracedFrom, traceColumn } from './trace-column.ts'

/** Someone who asked to be forgotten: a keyed hash of the values of these columns. */
export interface Suppression {
  readonly hash: string
  readonly keys: readonly TracedFrom[]
}

/** Rows of a source that are kept out: those whose values of `columns`, hashed, are among `hashes`. */
export interface Suppressed {
  readonly columns: readonly string[]
  readonly hashes: readonly string[]
}

/** The names that the columns of a suppression have at each stage; one map a column of the key. */
type Traces = readonly ReadonlyMap<string, ReadonlySet<string>>[]

/** Finds, for each source, the columns that tell who asked to be forgotten. */
export function suppressedBy(
  stages: readonly PipelineStage[],
  suppressions: readonly Suppression[],
): (source: string, columns: readonly string[]) => readonly Suppressed[] {
  const groups = new Map<string, { readonly traces: Traces; readonly hashes: string[] }>()
  for (const { hash, keys } of suppressions) {
    const id = JSON.stringify(keys)
    const group = groups.get(id) ?? { traces: keys.map((key) => trace(stages, key)), hashes: [] }
    group.hashes.push(hash)
    groups.set(id, group)
  }
  return (source, columns) =>
    [...groups.values()].flatMap(({ traces, hashes }) =>
      combinations(traces.map((names) => columns.filter((column) => names.get(source)?.has(column)))).map(
        (found) => ({ columns: found, hashes: [...new Set(hashes)].sort() }),
      ),
    )
}

/** A column whose stages were renamed since is looked for at all of them. */
function trace(stages: readonly PipelineStage[], { stages: known, column }: TracedFrom) {
  const left = known.filter((name) => stages.some((stage) => stage.name === name))
  return traceColumn(stages, {
    stages: left.length > 0 ? left : stages.map((stage) => stage.name),
    column,
  })
}

/** One column for each part of the key, in every way; none where a part has none. */
function combinations(parts: readonly (readonly string[])[]): readonly (readonly string[])[] {
  return parts.reduce<readonly (readonly string[])[]>(
    (found, part) => found.flatMap((before) => part.map((column) => [...before, column])),
    [[]],
  )
}

/** What of the list enters the fingerprint of a source; undefined where nothing does. */
export function suppressedPart(suppressed: readonly Suppressed[]): string | undefined {
  return suppressed.length === 0 ? undefined : fingerprint(suppressed)
}

/** A suppression that no source can be held to would bring the person back: the pipeline does not run. */
export function checkSuppressions({
  stages,
  suppressions,
  sources,
  locate,
}: {
  readonly stages: readonly PipelineStage[]
  readonly suppressions: readonly Suppression[]
  /** Columns of each source that compiled. */
  readonly sources: ReadonlyMap<string, readonly string[]>
  readonly locate: Locator
}): readonly Diagnostic[] {
  const lost = new Set<string>()
  for (const suppression of suppressions) {
    const find = suppressedBy(stages, [suppression])
    if ([...sources].some(([source, columns]) => find(source, columns).length > 0)) continue
    lost.add(suppression.keys.map(({ column }) => column).join(', '))
  }
  return [...lost].map((columns) =>
    diagnostic({
      code: 'suppression_unmatched',
      message: `People asked to be forgotten by "${columns}", and no source has that column any more`,
      span: locate.key(['stages']),
      hint: 'name the source column under `from:` of a contract, or forget them again by a column that there is: sillage forget',
    }),
  )
}
