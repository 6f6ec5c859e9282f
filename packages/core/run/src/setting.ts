import { newRunId } from '@sillage/base'
import { lastRunId } from '@sillage/journal'
import { runPaths } from '@sillage/ledger'
import { dayOfPlan, type Step } from '@sillage/plan'
import { openState } from '@sillage/state'
import { worksInWorkers } from '@sillage/steps'
import { type Budget, splitBudget } from '@sillage/workers'
import type { RunOptions } from './options.ts'
import { replacedMart } from './replaced-mart.ts'
import type { RunFiles } from './run.ts'
import { runTakenUp } from './run-taken-up.ts'
import { selectSteps } from './select.ts'
import { interruptedStages } from './step-actions.ts'

/** What is settled before anything is opened. */
export interface Setting {
  readonly id: string
  readonly started: number
  readonly files: RunFiles
  readonly steps: readonly Step[]
  readonly budget: Budget
  readonly interrupted: ReadonlySet<string>
  /** True where not all is run for its own sake: nothing is published or sent. */
  readonly isPartial: boolean
  /** True where the working store is not that of the pipeline's runs. */
  readonly isAside: boolean
  readonly about: ReturnType<typeof aboutRun>
}

/** Of a run that begins now. */
export function settingOf(options: RunOptions): Setting {
  const { plan } = options
  const sample = options.sample !== undefined
  const backfill = options.ending !== undefined
  const isPartial = sample || backfill || options.select !== undefined
  const paths = runPaths({ places: plan.places, pipeline: plan.pipeline, sample, backfill })
  const steps = selectSteps(plan, options.select)
  const id = newRunId(options.now(), lastRunId(paths.journals))
  return {
    id,
    started: performance.now(),
    files: { paths, state: openState(plan.places.state) },
    steps,
    budget: splitBudget({
      memoryBytes: options.memoryBytes,
      threads: options.threads,
      workers: steps.some(worksInWorkers),
    }),
    interrupted: interruptedStages(paths),
    isPartial,
    isAside: sample || backfill,
    about: aboutRun(options, { id, journals: paths.journals, isPartial }),
  }
}

function aboutRun(
  { plan, catchUp }: Pick<RunOptions, 'plan' | 'catchUp'>,
  {
    id,
    journals,
    isPartial,
  }: { readonly id: string; readonly journals: string; readonly isPartial: boolean },
) {
  const day = dayOfPlan(plan)
  const replaces = isPartial ? undefined : replacedMart(plan)
  return {
    ...day,
    ...(isPartial ? {} : runTakenUp(journals, { asOf: day.as_of, before: id })),
    ...(catchUp === undefined ? {} : { catch_up: catchUp }),
    ...(replaces === undefined ? {} : { replaces }),
  }
}
