import { existsSync } from 'node:fs'
import type { Plan, Step } from '@sillage/plan'
import { type CurrentStep, currentSteps, Database, ledgerVersion, readVersion } from '@sillage/store'
import { runPaths } from './paths.ts'

export interface PlannedAction {
  readonly action: 'run' | 'reuse'
  /** Why, in words. */
  readonly reason: string
}

/** What a run would do with each step now, from the ledger of the working database. Throws `busy` while a run goes on. */
export async function stepActions(plan: Plan): Promise<ReadonlyMap<string, PlannedAction>> {
  const known = await knownSteps(plan)
  const actions = new Map<string, PlannedAction>()
  for (const step of plan.steps)
    if (step.stored !== undefined) actions.set(step.stage, storedAction(step, known, plan, actions))
  for (const step of plan.steps)
    if (step.stored === undefined) actions.set(step.stage, derivedAction(step, actions))
  return actions
}

async function knownSteps(plan: Plan): Promise<ReadonlyMap<string, CurrentStep>> {
  const { database: path } = runPaths({ places: plan.places, pipeline: plan.pipeline })
  if (!existsSync(path)) return new Map()
  await using database = await Database.open({ path, readOnly: true })
  using session = await database.session()
  return (await readVersion(session)) === ledgerVersion ? await currentSteps(session) : new Map()
}

function storedAction(
  step: Step,
  known: ReadonlyMap<string, CurrentStep>,
  plan: Plan,
  actions: ReadonlyMap<string, PlannedAction>,
): PlannedAction {
  const before = known.get(step.stage)
  if (!before) return { action: 'run', reason: 'never ran' }
  if (before.fingerprint === step.fingerprint) return { action: 'reuse', reason: 'nothing changed' }
  const upstream = Object.values(step.inputs)
    .flat()
    .map((reference) => reference.split('.')[0]!)
    .find((stage) => actions.get(stage)?.action === 'run' && plan.steps.some((one) => one.stage === stage))
  return {
    action: 'run',
    reason: upstream === undefined ? 'its configuration, plugin or source changed' : `${upstream} changed`,
  }
}

function derivedAction(step: Step, actions: ReadonlyMap<string, PlannedAction>): PlannedAction {
  if (step.style === 'sink') {
    const input = Object.values(step.inputs).flat()[0]?.split('.')[0]
    return actions.get(input ?? '')?.action === 'reuse'
      ? { action: 'reuse', reason: 'its rows did not change' }
      : { action: 'run', reason: `${input} changed` }
  }
  const reader = actions.get(step.fusedInto ?? '')
  return {
    action: reader?.action ?? 'run',
    reason: step.fusedInto === undefined ? 'a view' : `computed in ${step.fusedInto}`,
  }
}
