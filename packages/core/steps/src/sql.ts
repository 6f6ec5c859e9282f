import type { SqlPlanStep } from '@sillage/plan'
import { conserve } from './conservation.ts'
import { type AccountFacts, justThis, type StepStyle } from './style.ts'

/** One statement over the views before it. */
export const sqlStyle: StepStyle<SqlPlanStep> = {
  worksInWorkers: false,
  prepare: async (step) => justThis({ kind: 'select', step }),
  account: async (facts) => {
    const { step, how, made, before } = facts
    if (how.kind === 'replay') return { ...before!, rows_out: made.accepted, rejected: made.refused }
    return conserve({
      stage: step.stage,
      rows: step.rows,
      rowsIn: await rowsIn(facts),
      rowsOut: made.accepted,
      rejected: made.refused,
      grouped: made.grouped,
    })
  },
}

async function rowsIn({ step, how, made, before, tally }: AccountFacts<SqlPlanStep>): Promise<number> {
  switch (how.kind) {
    case 'append':
      return made.read!
    case 'regroup':
      return before!.rows_in! + made.read!
    default:
      return await tally.read(step, made.read)
  }
}
