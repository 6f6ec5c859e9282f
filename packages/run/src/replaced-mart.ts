import { lastSuccess, type Replaces, type RunParams } from '@sillage/journal'
import type { Plan } from '@sillage/plan'
import { runPaths } from './paths.ts'

/**
 * The published run that a whole run of the plan would replace though its parameters were others: one brand's mart by another's, where the
 * pipeline's name is the same. Undefined where nothing was published, or nothing differs. Dates do not count: they move with time.
 */
export function replacedMart({ places, pipeline, params }: Plan): Replaces | undefined {
  const last = lastSuccess(runPaths({ places, pipeline }).journals)
  if (last?.params === undefined) return undefined
  const before: RunParams = last.params
  const names = [...new Set([...Object.keys(before), ...Object.keys(params)])]
  const changed = names.filter((name) => before[name] !== params[name])
  if (changed.length === 0) return undefined
  return {
    run: last.run,
    params: Object.fromEntries(
      changed.map((name) => [name, { from: before[name] ?? null, to: params[name] ?? null }]),
    ),
  }
}
