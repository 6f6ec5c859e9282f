import { parseDuration, SillageError } from '@sillage/base'
import { lastSuccess } from '@sillage/journal'
import { runPaths } from '@sillage/ledger'
import type { Project } from '@sillage/pipeline'
import type { PipelineHead } from '../workspace.ts'
import { freshnessOf } from './keys.ts'

/** How old the last success of a pipeline is, against how old it may be. */
export interface Freshness {
  readonly pipeline: string
  /** As written: `26h`. */
  readonly freshness: string
  /** End of the last whole run that succeeded; null where none is known. */
  readonly last_success: string | null
  readonly age_seconds: number | null
  readonly fresh: boolean
}

/** Looks at the pipelines that say how fresh they must be. Throws `freshness_missing` where none does: a check that holds nothing to anything. */
export function checkFreshness({
  project,
  pipelines,
  now,
}: {
  readonly project: Project
  readonly pipelines: readonly (PipelineHead & { readonly name: string })[]
  readonly now: Date
}): readonly Freshness[] {
  const ofProject = freshnessOf(project)
  const found = pipelines.flatMap(({ name, freshness = ofProject }) => {
    if (freshness === undefined) return []
    const mostMs = parseDuration(freshness)
    if (mostMs === undefined) throw durationInvalid(name, freshness)
    const { journals } = runPaths({ places: project.places, pipeline: name })
    const last = lastSuccess(journals)?.finished ?? null
    const ageMs = last === null ? null : now.getTime() - Date.parse(last)
    const age_seconds = ageMs === null ? null : Math.round(ageMs / 1000)
    return [
      {
        pipeline: name,
        freshness,
        last_success: last,
        age_seconds,
        fresh: ageMs !== null && ageMs <= mostMs,
      },
    ]
  })
  if (found.length > 0) return found
  throw new SillageError({
    code: 'freshness_missing',
    message: 'No pipeline says how old its last success may be',
    hint: 'add freshness: 26h to sillage.yaml, or to a pipeline',
  })
}

function durationInvalid(pipeline: string, text: string): SillageError {
  return new SillageError({
    code: 'duration_invalid',
    message: `"freshness" of ${pipeline} cannot be "${text}"`,
    hint: 'write it as 26h, 90m or 7d',
  })
}
