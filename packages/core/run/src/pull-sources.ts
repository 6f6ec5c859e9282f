import { type CurrentStep, type Known, runPaths } from '@sillage/ledger'
import { isRead, type Pulled, type ReadStep, type Step, withPulled } from '@sillage/plan'
import type { Filled } from '@sillage/steps'
import type { Run } from './run.ts'
import { inStage, tellStart } from './step-report.ts'

/** What became of the sources that are read batch by batch. */
export interface PulledSources {
  readonly plan: Run['plan']
  readonly known: Known
  /** Of each source: whether rows came, and when the reading began, as of `performance.now()`. */
  readonly pulled: ReadonlyMap<string, { readonly rowsCame: boolean; readonly started: number }>
}

/**
 * Before the steps run: asks each source that is read batch by batch for what came since, and gives the plan and what is known as they are then.
 * From there on nothing moves while the run goes on. A replay works on the rows that are there; a backfill on those that the last run read.
 */
export async function pullSources(
  steps: readonly Step[],
  { run, known }: { readonly run: Run; readonly known: Known },
): Promise<PulledSources> {
  const { options, plan } = run
  const sources = steps
    .filter(isRead)
    .filter((step) => (!options.replay || step.parts.pulled === undefined) && !isAsItWas(step, known))
  const current = new Map<string, CurrentStep>(known.steps)
  const pulled = new Map<string, { readonly rowsCame: boolean; readonly started: number }>()
  const made = new Map<string, Pulled>()
  for (const step of sources) {
    options.signal.throwIfAborted()
    const started = performance.now()
    tellStart(step, [], run.told)
    const filled = await read(step, run).catch((error: unknown) => {
      throw inStage(step.stage, error)
    })
    current.set(step.stage, filled.current)
    made.set(step.stage, filled.state)
    pulled.set(step.stage, { rowsCame: filled.rowsCame, started })
  }
  if (sources.length === 0) return { plan, known, pulled }
  const { ranges } = await run.working.ledger.known()
  return { plan: withPulled(plan, made), known: { ...known, steps: current, ranges }, pulled }
}

/** True of files that are read whole, and were as they are now. */
function isAsItWas({ stage, whole, files, fingerprint }: ReadStep, { steps }: Known): boolean {
  return whole === true && files.length > 0 && steps.get(stage)?.fingerprint === fingerprint
}

async function read(step: ReadStep, run: Run): Promise<Filled> {
  const { options, plan, working, told } = run
  if (options.ending) return await working.maker.copy(step, workingOf(plan))
  const { pullSource } = await import('@sillage/steps/pull')
  const table = await working.maker.fill(step, options.fullRefresh ? 'the beginning' : 'the last batch')
  return await pullSource(step, table, {
    signal: options.signal,
    secret: options.secret,
    received: options.received ?? notReceived,
    pipelineFile: plan.file,
    note: (text) => told.show({ kind: 'note', stage: step.stage, text }),
    warn: (warning) => told.warn({ stage: step.stage, ...warning }),
  })
}

function workingOf({ places, pipeline }: Pick<Run['plan'], 'places' | 'pipeline'>): string {
  return runPaths({ places, pipeline }).database
}

function notReceived(): never {
  throw new Error('this run was given nothing that was received')
}
