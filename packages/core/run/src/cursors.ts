import { type KnownCursor, pulledBy } from '@sillage/ledger'
import { isRead, type Plan, type ReadStep, withPulled } from '@sillage/plan'

/** The cursor of a source, where it belongs to what the source is asked for now. */
export function cursorOf(step: ReadStep, cursors: ReadonlyMap<string, KnownCursor>): KnownCursor | undefined {
  const known = cursors.get(step.stage)
  return known?.asked === step.asked ? known : undefined
}

/** The plan with what the ledger says was read of its sources. */
export function withCursors(plan: Plan, cursors: ReadonlyMap<string, KnownCursor>): Plan {
  const pulled = plan.steps.filter(isRead).flatMap((step) => {
    const known = cursorOf(step, cursors)
    return known === undefined ? [] : [[step.stage, pulledBy(known)] as const]
  })
  return withPulled(plan, new Map(pulled))
}
