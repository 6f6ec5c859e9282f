import type { CurrentStep, Making, StepCounts } from '@sillage/ledger'
import type { Step } from '@sillage/plan'
import type { Maker, Order, StoredStep } from './engine.ts'
import { assertNoneRefused } from './refused.ts'
import type { Hands } from './style.ts'
import { styleOf } from './styles.ts'
import type { Tally } from './tally.ts'

export interface StepToMake {
  readonly step: StoredStep
  readonly how: Making
  /** Views in its statement, nearest source first. */
  readonly fused: readonly Step[]
  /** What an earlier run left of it. */
  readonly before: Order['before']
}

/** Makes a step: its style says what is to be done, the engine does it, and what came out is held to the laws before anybody sees it. */
export async function makeStep(
  { step, how, fused, before }: StepToMake,
  { maker, tally, hands }: { readonly maker: Maker; readonly tally: Tally; readonly hands: Hands },
): Promise<StepCounts> {
  const started = performance.now()
  const style = styleOf(step)
  const { work, warnings } = await style.prepare(step, hands)
  await using made = await maker.make({ step, how, work, fused, before })
  const now = await style.account({ step, how, made: made.rows, before: before?.counts, tally })
  const counts = how.kind === 'append' ? sum(before!.counts, now) : now
  if (counts.rows_in !== null) await tally.read(step, counts.rows_in)
  assertNoneRefused(step, counts)
  const seconds = Math.round(performance.now() - started) / 1000
  await made.commit({ counts, seconds, warnings: warnings() })
  tally.set(step.stage, counts.rows_out)
  for (const [output, rows] of Object.entries(made.rows.outputs)) tally.set(`${step.stage}.${output}`, rows)
  return counts
}

function sum(a: CurrentStep, b: StepCounts): StepCounts {
  return {
    rows_in: a.rows_in === null || b.rows_in === null ? null : a.rows_in + b.rows_in,
    rows_out: a.rows_out + b.rows_out,
    rejected: a.rejected + b.rejected,
    merged: a.merged + b.merged,
    filtered: a.filtered + b.filtered,
  }
}
