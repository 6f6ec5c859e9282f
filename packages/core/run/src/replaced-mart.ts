import { lastSuccess, type Replaces, type RunParams } from '@sillage/journal'
import { runPaths } from '@sillage/ledger'
import type { Plan } from '@sillage/plan'
import { parameterHash } from '@sillage/state'

/** The parameters as a journal keeps them: by name, with a hash of the value. */
export function hashedParams({ places, params }: Pick<Plan, 'places' | 'params'>): RunParams {
  return Object.fromEntries(
    Object.entries(params).map(([name, value]) => [
      name,
      parameterHash(places.suppressions, JSON.stringify([name, value])),
    ]),
  )
}

/**
 * The published run that a whole run of the plan would replace though its parameters were others: one brand's mart by another's, where the
 * pipeline's name is the same. Undefined where nothing was published, or nothing differs. Dates do not count: they move with time.
 */
export function replacedMart(plan: Pick<Plan, 'places' | 'pipeline' | 'params'>): Replaces | undefined {
  const { places, pipeline, params } = plan
  const last = lastSuccess(runPaths({ places, pipeline }).journals)
  const before = last?.params
  if (!last || before === undefined) return undefined
  const now = hashedParams(plan)
  const names = [...new Set([...Object.keys(before), ...Object.keys(params)])]
  const changed = names.filter((name) => before[name] !== now[name])
  return changed.length === 0 ? undefined : { run: last.run, params: changed }
}
