import { isSillageError, SillageError, systemFailure } from '@sillage/base'
import type { DeliveryCounts } from '@sillage/deliver'
import { resourceFailure } from '@sillage/duckdb'
import type { StepFacts } from '@sillage/journal'
import type { StepCounts } from '@sillage/ledger'
import type { Step } from '@sillage/plan'
import type { RunContext } from './context.ts'

interface ReportFacts {
  readonly step: Step
  readonly counts: StepCounts
  readonly action: StepFacts['action']
  readonly seconds: number
  readonly context: RunContext
  /** Of a sink: what became of its rows. */
  readonly delivery?: DeliveryCounts
}

/** Tells the end of a step to the result, the journal and whoever watches. */
export function report({ step, counts, action, seconds: took, context, delivery }: ReportFacts): void {
  const { rows_in, rows_out, rejected, merged, filtered } = counts
  const result: StepFacts = {
    stage: step.stage,
    plugin: step.plugin,
    action,
    rows_in,
    rows_out,
    rejected,
    merged,
    filtered,
    seconds: took,
    ...(delivery === undefined ? {} : { delivery }),
  }
  context.results.push(result)
  context.journal({ event: 'step_finished', ...result })
  context.options.onEvent({ kind: 'step_finished', step: result })
}

/** Seconds since a `performance.now()`, to the millisecond. */
export function seconds(since: number): number {
  return Math.round(performance.now() - since) / 1000
}

/** Adds the stage to what a step throws, as a fact and in words, so that every failure names it. */
export function inStage(stage: string, thrown: unknown): unknown {
  const error = isSillageError(thrown) ? thrown : (resourceFailure(thrown) ?? systemFailure(thrown) ?? thrown)
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
