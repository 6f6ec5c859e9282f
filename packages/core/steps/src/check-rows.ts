import type { CheckRecord, StepCounts } from '@sillage/ledger'
import { countBreaking, type Expectation, type Step } from '@sillage/plan'
import type { Sql } from '@sillage/sdk'

export interface CheckContext {
  readonly stage: string
  readonly relation: Sql
  readonly counts: StepCounts
  readonly relationOfStage: (stage: string) => Sql
  /** One number. */
  readonly figure: (select: Sql) => Promise<number>
}

/** Runs one check; `found` is the number of rows that break it, or the figure that was held to a bound. */
export async function runCheck(check: Expectation, context: CheckContext): Promise<CheckRecord> {
  const { found, holds } = await measure(check, context)
  return {
    stage: context.stage,
    check: check.name ?? check.kind,
    status: holds ? 'pass' : check.severity === 'warn' ? 'warn' : 'fail',
    severity: check.severity,
    found,
  }
}

async function measure(
  check: Expectation,
  context: CheckContext,
): Promise<{ readonly found: number; readonly holds: boolean }> {
  if (check.kind === 'rejected') {
    const { rejected, rows_in, rows_out } = context.counts
    const share = rejected / Math.max(1, rows_in ?? rows_out + rejected)
    const found = check.max_share === undefined ? rejected : Number(share.toFixed(6))
    return {
      found,
      holds:
        (check.max_share === undefined || share <= check.max_share) &&
        (check.max_rows === undefined || rejected <= check.max_rows),
    }
  }
  const found = await context.figure(countBreaking(check, context))
  if (check.kind === 'row_count')
    return {
      found,
      holds:
        (check.min === undefined || found >= check.min) && (check.max === undefined || found <= check.max),
    }
  return { found, holds: found === 0 }
}

/**
 * A step that refuses all that it judged, where nobody said that it may (`expect: [{ rejected: { max_share: 1 } }]`): a failed check, since an
 * empty table would go out in its place. Undefined where a row is left or none was refused.
 */
export function nothingLeft(
  { stage, expect }: Pick<Step, 'stage' | 'expect'>,
  { rows_in, rows_out, rejected, filtered }: StepCounts,
): CheckRecord | undefined {
  const judged = rows_in === null ? rows_out + rejected : rows_in - filtered
  if (rejected === 0 || rejected < judged) return undefined
  if (expect.some((check) => check.kind === 'rejected' && check.max_share === 1)) return undefined
  return { stage, check: 'not every row is refused', status: 'fail', severity: 'error', found: rejected }
}
