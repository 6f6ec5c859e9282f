import type { WarningRecord } from '@sillage/ledger'
import type { ModelStep } from '@sillage/plan'
import type { ModelJson } from '@sillage/sdk'
import { conserve } from './conservation.ts'
import type { Fitted } from './engine.ts'
import { findingsOf, heldToFit } from './model-findings.ts'
import type { Hands, StepStyle } from './style.ts'
import { throughWorkers } from './through-workers.ts'

/**
 * Units (SQL) → matrix (SQL) → fit (a worker) → apply (workers, batch by batch). The fitted model is kept in the ledger with what it finds of its
 * own fit; columns of which it can say nothing are null.
 */
export const modelStyle: StepStyle<ModelStep> = {
  worksInWorkers: true,
  prepare: async (step, hands) => {
    const warnings: WarningRecord[] = []
    return {
      work: {
        kind: 'fit',
        step,
        fit: async (data) => {
          const pool = await hands.pool.get()
          const { plugin, module, config, asOf } = step
          const fit = pool.fit({ kind: 'fit', plugin, module, config, asOf, data }, { signal: hands.signal })
          const model = await heldToFit(fit, step)
          for (const { code, holds, message, hint } of findingsOf(model))
            if (!holds) warnings.push({ stage: step.stage, code, message, hint })
          return fitted(step, model, hands)
        },
      },
      warnings: () => warnings,
    }
  },
  account: async ({ step, made, tally }) =>
    conserve({
      stage: step.stage,
      rows: step.rows,
      rowsIn: await tally.read(step, made.read),
      rowsOut: made.accepted,
      rejected: 0,
      grouped: made.grouped,
    }),
}

function fitted(step: ModelStep, model: ModelJson, hands: Hands): Fitted {
  const shape = new Map(step.unitColumns.map((column) => [column.name, column]))
  const nulls = findingsOf(model).flatMap((one) => (one.holds ? [] : (one.nulls ?? [])))
  const { plugin, module, config, makes: output } = step
  const reads = step.reads.map((name) => shape.get(name)!)
  return {
    model,
    nulls: new Set(nulls),
    apply: throughWorkers(
      { kind: 'apply', plugin, module, config, model, reads, output },
      { pool: hands.pool, signal: hands.signal },
    ),
  }
}
