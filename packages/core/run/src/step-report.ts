import { isSillageError, SillageError, systemFailure } from '@sillage/base'
import type { DeliveryCounts } from '@sillage/deliver'
import type { StepFacts } from '@sillage/journal'
import type { StepCounts } from '@sillage/ledger'
import type { Step } from '@sillage/plan'
import type { Told } from './told.ts'

type Named = Pick<Step, 'stage' | 'plugin'>

interface ReportFacts {
  readonly counts: StepCounts
  readonly action: StepFacts['action']
  readonly seconds: number
  /** Of a sink: what became of its rows. */
  readonly delivery?: DeliveryCounts
}

/** Tells that a step begins. */
export function tellStart({ stage, plugin }: Named, fused: readonly Named[], told: Told): void {
  told.show({ kind: 'step_started', stage, plugin, fused: fused.map((one) => one.stage) })
  told.journal({ event: 'step_started', stage, plugin })
}

/** Tells that a step ended. */
export function tellEnd(
  { stage, plugin }: Named,
  { counts, action, seconds, delivery }: ReportFacts,
  told: Told,
): void {
  const { rows_in, rows_out, rejected, merged, filtered } = counts
  told.step({
    stage,
    plugin,
    action,
    rows_in,
    rows_out,
    rejected,
    merged,
    filtered,
    seconds,
    ...(delivery === undefined ? {} : { delivery }),
  })
}

/** Seconds since a `performance.now()`, to the millisecond. */
export function seconds(since: number): number {
  return Math.round(performance.now() - since) / 1000
}

/** Adds the stage to what a step throws, as a fact and in words, so that every failure names it. */
export function inStage(stage: string, thrown: unknown): unknown {
  const error = isSillageError(thrown) ? thrown : (systemFailure(thrown) ?? thrown)
  if (!isSillageError(error) || 'stage' in error.facts) return error
  const { code, message, hint, exit, retryable, facts, diagnostics } = error
  return new SillageError({
    code,
    message: message.includes(`"${stage}"`) ? message : `"${stage}": ${message}`,
    hint,
    exit,
    retryable,
    facts: { ...facts, stage },
    diagnostics,
    cause: error.cause,
  })
}
