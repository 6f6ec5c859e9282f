import { isSillageError, newRunId } from '@sillage/base'
import { deliveryFolders, type ForeseenDelivery, foreseeSink, knownPlaces, placeName } from '@sillage/deliver'
import { runPaths, type Stores } from '@sillage/ledger'
import type { Plan, SinkStep } from '@sillage/plan'
import { openState } from '@sillage/state'
import type { PlannedAction } from './step-actions.ts'

/** What a delivery would do, as far as it can be told before the run. */
export interface PlannedDelivery {
  /** Absent where a step before it has to run: it is known after the run. */
  readonly foreseen?: ForeseenDelivery
  /** What is different since it delivered last: its mode, its key, its destination. */
  readonly changed?: string
}

export interface PlanDeliveriesFacts {
  readonly secret: (name: string) => string
  readonly notSent: string | undefined
  readonly now: Date
  readonly stores: Pick<Stores, 'openKept' | 'openDatabase'>
}

/** The numbers of each sink of a plan: of those before which no step runs. Throws `busy` while a run goes on. */
export async function planDeliveries(
  plan: Plan,
  actions: ReadonlyMap<string, PlannedAction>,
  facts: PlanDeliveriesFacts,
): Promise<ReadonlyMap<string, PlannedDelivery>> {
  const sinks = plan.steps.filter((step) => step.style === 'sink')
  const found = new Map<string, PlannedDelivery>(
    sinks.map((step) => {
      const changed = changeOf(step, plan)
      return [step.stage, changed === undefined ? {} : { changed }]
    }),
  )
  const ready = sinks.filter((step) => actions.get(step.stage)?.action === 'reuse')
  if (ready.length === 0) return found
  const paths = runPaths({ places: plan.places, pipeline: plan.pipeline })
  await using kept = await facts.stores.openKept({ paths, readOnly: true })
  if (!kept?.isCurrent) return found
  const { session } = kept
  await session.run(`attach ':memory:' as scratch (read_write)`)
  const { secret } = facts
  const run = {
    id: newRunId(facts.now),
    command: 'sillage plan',
    signal: new AbortController().signal,
    now: () => facts.now,
  }
  const port = {
    plan,
    run,
    session,
    openDatabase: facts.stores.openDatabase,
    state: openState(plan.places.state),
    secret,
    note: () => {},
  }
  for (const step of ready) {
    const notSent = step.files.length > 0 ? undefined : facts.notSent
    try {
      const foreseen = await foreseeSink(
        step,
        { ...port, rules: { notSent, allowRemovals: [], fullRefresh: false } },
        ['scratch', 'main'],
      )
      found.set(step.stage, { ...found.get(step.stage), foreseen })
    } catch (error) {
      // A file that a view reads may be gone: the run will say so.
      if (!isSillageError(error) || error.code === 'busy') throw error
    }
  }
  return found
}

/** What is different from the last delivery of a stage; undefined where nothing is, or it never delivered. */
function changeOf(
  step: Pick<SinkStep, 'stage' | 'delivery'>,
  plan: Pick<Plan, 'places' | 'pipeline'>,
): string | undefined {
  const places = knownPlaces(deliveryFolders(plan.places.state, plan.pipeline))
  const { key, mode, destination } = step.delivery
  const own = places.get(placeName(step.stage, { destination, key }))
  if (own !== undefined) return own.mode === mode ? undefined : `its mode was ${own.mode}`
  const [other] = [...places.values()].filter((place) => place.stage === step.stage)
  if (other === undefined) return undefined
  const names = (list: readonly string[]): string => (list.length === 0 ? 'the whole row' : list.join(', '))
  return names(other.key) === names(key)
    ? `it delivered to ${other.destination}: all rows are due here`
    : `its key was ${names(other.key)}: all rows are due`
}
