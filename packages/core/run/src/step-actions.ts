import { lastRuns } from '@sillage/journal'
import { type Known, nothingKnown, type RunPaths, runPaths } from '@sillage/ledger'
import { isRead, type Plan, type ReadStep, type Step } from '@sillage/plan'
import type { Engine } from '@sillage/steps'
import { changeReason } from './change-reason.ts'
import { cursorOf, withCursors } from './cursors.ts'
import { selectSteps } from './select.ts'

export interface PlannedAction {
  /** `resume`: the last run ended in this step. `skip`: it is not selected. */
  readonly action: 'run' | 'reuse' | 'resume' | 'skip'
  /** Why, in words. */
  readonly reason: string
}

interface ActionOptions {
  readonly select?: readonly string[] | undefined
  readonly fullRefresh?: boolean | undefined
  readonly engine: Engine
}

/** What a run would do with each step now, from the ledger of the working database. Throws `busy` while a run goes on. */
export async function stepActions(
  compiled: Plan,
  { select, fullRefresh = false, engine }: ActionOptions,
): Promise<ReadonlyMap<string, PlannedAction>> {
  const paths = runPaths({ places: compiled.places, pipeline: compiled.pipeline })
  const known = (await engine.peek(paths)) ?? nothingKnown
  const plan = withCursors(compiled, known.cursors)
  const interrupted = interruptedStages(paths)
  const steps = new Map(plan.steps.map((step) => [step.stage, step]))
  const selected = new Set(selectSteps(plan, select))
  const actions = new Map<string, PlannedAction>()
  for (const step of plan.steps) {
    if (!selected.has(step)) actions.set(step.stage, { action: 'skip', reason: 'not selected' })
    else if (step.stored !== undefined)
      actions.set(step.stage, storedAction({ step, steps, known, fullRefresh, interrupted }))
  }
  for (const step of plan.steps)
    if (!actions.has(step.stage)) actions.set(step.stage, derivedAction({ step, actions, steps, known }))
  return actions
}

/** Stages in which the last run stood when it ended before its time. */
export function interruptedStages({ journals }: Pick<RunPaths, 'journals'>): ReadonlySet<string> {
  const [last] = lastRuns(journals, 1)
  return new Set(last && last.status !== 'succeeded' ? last.unfinished : [])
}

interface StepFacts {
  readonly step: Step
  readonly steps: ReadonlyMap<string, Step>
  readonly known: Known
  readonly fullRefresh: boolean
  readonly interrupted: ReadonlySet<string>
}

function storedAction({ step, steps, known, fullRefresh, interrupted }: StepFacts): PlannedAction {
  if (fullRefresh) return { action: 'run', reason: '--full-refresh' }
  if (isRead(step)) return readAction(step, { known, steps, interrupted })
  const before = known.steps.get(step.stage)
  if (before?.fingerprint === step.fingerprint) {
    const asked = readUnder(step.stage, steps)
    return {
      action: 'reuse',
      reason: `nothing changed${asked === '' ? '' : `, unless rows come from ${asked}`}`,
    }
  }
  if (interrupted.has(step.stage))
    return { action: 'resume', reason: 'the last run ended before this step was done' }
  return { action: 'run', reason: changeReason({ step, steps, parts: known.parts }) }
}

/** A source that is read is always asked; what it will say is not known before. */
function readAction(
  step: ReadStep,
  { known, steps, interrupted }: Pick<StepFacts, 'known' | 'steps' | 'interrupted'>,
): PlannedAction {
  const action = interrupted.has(step.stage) ? 'resume' : 'run'
  if (step.whole === true) return wholeAction(step, { known, steps, interrupted })
  const cursor = cursorOf(step, known.cursors)
  if (cursor?.cursor) return { action, reason: `asks for what came after ${shownCursor(cursor.cursor)}` }
  const why =
    known.cursors.has(step.stage) && !cursor ? changeReason({ step, steps, parts: known.parts }) : ''
  return { action, reason: why === '' ? 'nothing was read yet' : `${why}; reads from the beginning` }
}

/** Files are read where they changed; what is asked of others is asked each time. */
function wholeAction(
  step: ReadStep,
  { known, steps, interrupted }: Pick<StepFacts, 'known' | 'steps' | 'interrupted'>,
): PlannedAction {
  const before = known.steps.get(step.stage)
  if (step.files.length > 0 && before?.fingerprint === step.fingerprint)
    return { action: 'reuse', reason: 'its files did not change' }
  const action = interrupted.has(step.stage) ? 'resume' : 'run'
  if (before === undefined) return { action, reason: 'nothing was read yet' }
  const why = before.fingerprint === step.fingerprint ? '' : changeReason({ step, steps, parts: known.parts })
  return { action, reason: why === '' ? 'it is read whole each time' : `${why}; it is read whole` }
}

const shownLength = 60

function shownCursor(cursor: string): string {
  return cursor.length > shownLength ? `${cursor.slice(0, shownLength)}…` : cursor
}

/** The names of the sources below a step that are read batch by batch. */
function readUnder(stage: string, steps: ReadonlyMap<string, Step>): string {
  const names = new Set<string>()
  const visit = (name: string): void => {
    const step = steps.get(name)!
    if (isRead(step)) names.add(name)
    for (const input of step.parts.inputs) visit(input.stage)
  }
  visit(stage)
  return [...names].join(' or ')
}

interface DerivedFacts {
  readonly step: Step
  readonly steps: ReadonlyMap<string, Step>
  readonly known: Known
  readonly actions: ReadonlyMap<string, PlannedAction>
}

function derivedAction({ step, actions, steps, known }: DerivedFacts): PlannedAction {
  if (step.style === 'sink') {
    const input = Object.values(step.inputs).flat()[0]?.split('.')[0]
    return actions.get(input ?? '')?.action === 'reuse'
      ? { action: 'reuse', reason: 'its rows did not change' }
      : { action: 'run', reason: `${input} runs` }
  }
  const action = actions.get(step.fusedInto ?? '')?.action ?? 'run'
  if (step.fusedInto === undefined) return { action, reason: 'a view' }
  if (action === 'reuse' || action === 'skip') return { action, reason: `computed in ${step.fusedInto}` }
  const before = known.parts.get(step.stage)
  const changed = before !== undefined && before.fingerprint !== step.fingerprint
  const why = changed ? `${changeReason({ step, steps, parts: known.parts })}; ` : ''
  return { action, reason: `${why}computed in ${step.fusedInto}` }
}
