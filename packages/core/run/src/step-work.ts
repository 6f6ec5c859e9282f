import type { Segment, StepCounts } from '@sillage/ledger'
import type { Step } from '@sillage/plan'
import { findAppending, isByKey, type Narrowed, nextRow } from './appending.ts'
import type { RunContext } from './context.ts'
import { appendSource, runSource } from './drivers/source.ts'
import { appendSql, regroup, runSql } from './drivers/sql.ts'

/** What the transaction of a step does: counts and segments of the table that it leaves. */
export type Work = () => Promise<{
  readonly counts: StepCounts
  readonly segments: readonly Omit<Segment, 'stage'>[]
  /** Whether the segments stand for all of the table. */
  readonly replace: boolean
}>

/** A step runs whole, appends what is new, or replays what it refused. */
export async function workOf(step: Step, context: RunContext): Promise<Work> {
  const { run, known, options } = context
  const { stage, fingerprint } = step
  if (options.replay === stage) {
    const { replay } = await import('./drivers/replay.ts')
    return async () => {
      const { counts, segments } = await replay(step, context)
      return { counts, segments, replace: true }
    }
  }
  const narrowed = await findAppending(step, context)
  if (narrowed && isByKey(step))
    return async () => {
      const counts = (await regroup(step, context, narrowed)) ?? (await (await prepare(step, context))())
      const rows = await nextRow(stage, context)
      return { counts, segments: [{ fingerprint, first_row: 0, rows, run }], replace: true }
    }
  const prepared = narrowed ? await append(step, context, narrowed) : await prepare(step, context)
  return async () => {
    const first_row = narrowed ? await nextRow(stage, context) : 0
    const made = await prepared()
    const rows = (await nextRow(stage, context)) - first_row
    return {
      counts: narrowed ? sum(known.get(stage)!, made) : made,
      segments: [{ fingerprint, first_row, rows, run }],
      replace: !narrowed,
    }
  }
}

function sum(a: StepCounts, b: StepCounts): StepCounts {
  return {
    rows_in: a.rows_in === null || b.rows_in === null ? null : a.rows_in + b.rows_in,
    rows_out: a.rows_out + b.rows_out,
    rejected: a.rejected + b.rejected,
    merged: a.merged + b.merged,
    filtered: a.filtered + b.filtered,
  }
}

/** Loads what a run without new rows can do without (Arrow) only where it is used. What must happen outside the step's transaction, then the work inside it. */
async function prepare(step: Step, context: RunContext): Promise<() => Promise<StepCounts>> {
  switch (step.style) {
    case 'source':
      return runSource(step, context)
    case 'sql':
      return runSql(step, context)
    case 'batch':
      return (await import('./drivers/batch.ts')).runBatch(step, context)
    case 'model':
      return (await import('./drivers/model.ts')).runModel(step, context)
    case 'sink':
      throw new Error('sinks run after publishing')
  }
}

/** As `prepare`, for a step that adds what is new; its counts are those of the new rows. */
async function append(
  step: Step,
  context: RunContext,
  narrowed: readonly Narrowed[],
): Promise<() => Promise<StepCounts>> {
  switch (step.style) {
    case 'source':
      return appendSource(step, context, narrowed)
    case 'sql':
      return appendSql(step, context, narrowed)
    case 'batch':
      return (await import('./drivers/batch.ts')).appendBatch(step, context, narrowed)
    default:
      throw new Error(`a ${step.style} step runs whole`)
  }
}
