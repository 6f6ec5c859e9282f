import { fingerprint } from '@sillage/base'
import type { KnownCursor } from '@sillage/ledger'
import type { Plan, Pulled, SourceStep, Step } from '@sillage/plan'
import { withPulled } from '@sillage/plan'

/** A source that is read batch by batch. */
export type ReadStep = SourceStep & { readonly asked: string }

export function isRead(step: Step): step is ReadStep {
  return step.style === 'source' && step.asked !== undefined
}

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

export function pulledBy({ rows, content, moved }: KnownCursor): Pulled {
  return { rows, content, cursor: fingerprint(moved) }
}
