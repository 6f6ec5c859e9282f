import type { StepFacts } from '@sillage/journal'
import type { JournalEvent, RunDocument, RunStatus } from '../api/documents.ts'

/** Where a stage of a run stands. */
export type StageState = 'pending' | 'running' | 'done' | 'reused' | 'failed' | 'interrupted'

/** A run as the page shows it: what its document said, with what its stream brought since. */
export type RunView = Pick<
  RunDocument,
  'run' | 'pipeline' | 'started' | 'whole' | 'stages' | 'unfinished' | 'steps' | 'checks'
> &
  Partial<Pick<RunDocument, 'seconds' | 'error' | 'mart' | 'cancelled' | 'finished' | 'job' | 'command'>> & {
    readonly status: RunStatus
    /** Rows that a stage has so far, while it runs. */
    readonly rowsSoFar: Readonly<Record<string, number>>
  }

export function toView(run: RunDocument): RunView {
  return { ...run, rowsSoFar: {} }
}

/** The view after one more line of the journal. A line that was known already changes nothing. */
export function withEvent(view: RunView, event: JournalEvent): RunView {
  switch (event.event) {
    case 'run_started':
      return { ...view, run: event.run, started: event.at, whole: event.whole ?? true, stages: event.stages }
    case 'step_started':
      return isFinished(view, event.stage)
        ? view
        : { ...view, unfinished: [...without(view.unfinished, event.stage), event.stage] }
    case 'step_progress':
      return { ...view, rowsSoFar: { ...view.rowsSoFar, [event.stage]: event.rows } }
    case 'step_finished':
      return {
        ...view,
        unfinished: without(view.unfinished, event.stage),
        steps: [...view.steps.filter(({ stage }) => stage !== event.stage), event],
      }
    case 'check_finished': {
      const same = (one: { stage: string; check: string }): boolean =>
        one.stage === event.stage && one.check === event.check
      return { ...view, checks: [...view.checks.filter((one) => !same(one)), event] }
    }
    case 'published':
      return { ...view, mart: event.mart }
    case 'run_finished':
      return {
        ...view,
        status: event.status,
        seconds: event.seconds,
        ...(event.error ? { error: event.error } : {}),
      }
    case 'end':
      return {
        ...view,
        status: isStatus(event.status) ? event.status : view.status,
        ...(event.error ? { error: event.error } : {}),
      }
    default:
      return view
  }
}

/** Where a stage stands, and its counts once it has them. */
export function stageOf(
  view: RunView | undefined,
  stage: string,
): {
  readonly state: StageState
  readonly step: StepFacts | undefined
  readonly rowsSoFar: number | undefined
} {
  const step = view?.steps.find((one) => one.stage === stage)
  return { state: view ? stateOf(view, stage, step) : 'pending', step, rowsSoFar: view?.rowsSoFar[stage] }
}

/** Where the tables stand: a whole run that ended well and published nothing found them as they should be. */
export function martStateOf(view: RunView | undefined): StageState {
  if (view?.mart !== undefined) return 'done'
  return view?.whole && view.status === 'succeeded' ? 'reused' : 'pending'
}

function stateOf(view: RunView, stage: string, step: StepFacts | undefined): StageState {
  if (view.error?.stage === stage && view.status === 'failed') return 'failed'
  if (step) return step.action === 'reuse' || step.action === 'skip' ? 'reused' : 'done'
  if (!view.unfinished.includes(stage)) return 'pending'
  if (view.status === 'running') return 'running'
  return view.status === 'failed' ? 'failed' : 'interrupted'
}

function isFinished(view: RunView, stage: string): boolean {
  return view.steps.some((step) => step.stage === stage)
}

function without(all: readonly string[], one: string): readonly string[] {
  return all.filter((name) => name !== one)
}

function isStatus(text: string): text is RunStatus {
  return ['running', 'succeeded', 'failed', 'interrupted', 'cancelled'].includes(text)
}
