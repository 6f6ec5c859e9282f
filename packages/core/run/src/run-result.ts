import { exitCode, exitOf, isSillageError, messageOf, systemFailure } from '@sillage/base'
import type { StepFacts } from '@sillage/journal'
import { currentVersion, martPath } from '@sillage/ledger'
import { dayOfPlan, type Step } from '@sillage/plan'
import type { Preview, RunOptions, RunResult } from './options.ts'
import type { Setting } from './setting.ts'
import { seconds } from './step-report.ts'
import type { Told } from './told.ts'

/** What a run has besides its steps. */
export interface Ended {
  readonly preview?: Preview
  readonly rolledBackTo?: string
}

/** Why it did not succeed. */
export type Failed = Pick<RunResult['run'], 'error'>

interface ResultFacts {
  readonly options: RunOptions
  readonly setting: Setting
  readonly told: Told
  readonly status: RunResult['run']['status']
  readonly exit: number
  readonly more: Ended & Failed
  readonly refusedBefore: number
}

/** A run as it is told when it ends. */
export function resultOf({
  options,
  setting,
  told,
  status,
  exit,
  more,
  refusedBefore,
}: ResultFacts): RunResult {
  const { plan } = options
  const { paths } = setting.files
  const { replaces } = setting.about
  const mart = martPath(paths.marts, plan.pipeline)
  return {
    run: {
      id: setting.id,
      pipeline: plan.pipeline,
      ...dayOfPlan(plan),
      ...(replaces === undefined ? {} : { replaces }),
      status,
      seconds: seconds(setting.started),
      mart: currentVersion(paths.marts, plan.pipeline) === undefined ? null : mart,
      ...(more.rolledBackTo === undefined ? {} : { rolled_back_to: more.rolledBackTo }),
      steps: inPlanOrder(told.steps, plan.steps),
      ...replayOf(options.replay, refusedBefore, told.steps),
      checks: told.checks,
      warnings: told.warnings,
      deliveries: told.deliveries,
      ...(more.preview === undefined ? {} : { preview: more.preview }),
      ...(more.error === undefined ? {} : { error: more.error }),
    },
    exit,
  }
}

/** The first delivery that failed, by its stage; the marts are published all the same. */
export function deliveryError(
  deliveries: RunResult['run']['deliveries'],
): NonNullable<RunResult['run']['error']> {
  const failed = deliveries.filter(({ status }) => status === 'failed')
  const { stage, error } = failed[0]!
  const others = failed.length > 1 ? ` (and ${failed.length - 1} more)` : ''
  return {
    code: error?.code ?? 'delivery_failed',
    message: `${error?.message ?? `"${stage}" was not delivered`}${others}; the marts are published`,
    stage,
    hint: error?.hint ?? 'run again: what was sent is not sent twice',
  }
}

/** What became of the refused rows of a replay; nothing where it did not come to them. */
function replayOf(
  stage: string | undefined,
  refused: number,
  results: readonly StepFacts[],
): Pick<RunResult['run'], 'replay'> {
  const step = results.find((one) => one.stage === stage)
  return stage === undefined || step === undefined
    ? {}
    : { replay: { stage, refused, passed: refused - step.rejected } }
}

function inPlanOrder(results: readonly StepFacts[], steps: readonly Step[]): readonly StepFacts[] {
  const order = new Map(steps.map((step, index) => [step.stage, index]))
  return [...results].sort((a, b) => order.get(a.stage)! - order.get(b.stage)!)
}

/** Words and exit code for what a run met. */
export function describeFailure(
  error: unknown,
  signal: AbortSignal,
): {
  readonly error: NonNullable<RunResult['run']['error']>
  readonly exit: number
  readonly interrupted: boolean
} {
  if (signal.aborted)
    return {
      error: {
        code: 'interrupted',
        message: 'The run was interrupted',
        hint: 'run again: finished steps are reused',
      },
      exit: exitCode.interrupted,
      interrupted: true,
    }
  const known = isSillageError(error) ? error : systemFailure(error)
  if (!known)
    return {
      error: {
        code: 'internal',
        message: messageOf(error).split('\n')[0]!,
        hint: 'this is an error of Sillage: please report it',
      },
      exit: exitCode.internal,
      interrupted: false,
    }
  const { code, message, hint, facts } = known
  const stage = typeof facts.stage === 'string' ? { stage: facts.stage } : {}
  return {
    error: { code, message, ...stage, ...(hint === undefined ? {} : { hint }) },
    exit: exitOf(known),
    interrupted: false,
  }
}
