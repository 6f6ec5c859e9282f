import { isSillageError, SillageError, withoutSecrets, withSecrets } from '@sillage/base'
import type { BatchStep } from '@sillage/plan'
import { type BatchCall, returnedColumns } from '@sillage/workers'
import { conserve } from './conservation.ts'
import type { Through } from './engine.ts'
import { type AccountFacts, type Hands, justThis, type StepStyle } from './style.ts'
import { throughWorkers } from './through-workers.ts'

/** A function over batches, in workers. */
export const batchStyle: StepStyle<BatchStep> = {
  worksInWorkers: true,
  prepare: async (step, hands) => {
    const call = callOf(step, hands)
    return justThis({
      kind: 'map',
      step,
      output: call.output,
      through: withoutTheirSecrets(call, step, hands),
    })
  },
  account: async (facts) => {
    const { step, how, made, before } = facts
    if (how.kind === 'replay') return { ...before!, rows_out: made.accepted, rejected: made.refused }
    assertAllRead(facts)
    return conserve({
      stage: step.stage,
      rows: step.rows,
      rowsIn: made.read!,
      rowsOut: made.accepted,
      rejected: made.refused,
      grouped: made.grouped,
    })
  },
}

function callOf(step: BatchStep, { secret }: Hands): BatchCall {
  const shape = new Map(step.inputColumns.map((column) => [column.name, column]))
  return {
    kind: 'batch',
    plugin: step.plugin,
    module: step.module,
    config: withSecrets(step.config, secret),
    reads: step.reads.map((name) => shape.get(name)!),
    output: returnedColumns({ makes: step.makes, rows: step.rows, rejects: step.rejects.length }),
    rows: step.rows,
    rejects: step.rejects.length,
    outputs: Object.fromEntries(Object.entries(step.outputs).map(([name, { columns }]) => [name, columns])),
    limits: step.limits,
  }
}

/** A plugin may say in its error what it was given. */
function withoutTheirSecrets(call: BatchCall, { stage, config }: BatchStep, hands: Hands): Through {
  const safe = withoutSecrets(config, hands.secret)
  const { pool, signal } = hands
  const through = throughWorkers(call, { pool, signal, note: (text) => hands.note(stage, safe(text)) })
  return async function* (batches, beside) {
    try {
      yield* through(batches, beside)
    } catch (error) {
      throw withoutThem(error, safe)
    }
  }
}

function withoutThem(error: unknown, safe: (text: string) => string): unknown {
  if (!isSillageError(error)) return error
  if (safe(error.message) === error.message && safe(error.hint ?? '') === (error.hint ?? '')) return error
  const { code, message, hint, retryable, facts, exit } = error
  return new SillageError({
    code,
    message: safe(message),
    hint: hint === undefined ? undefined : safe(hint),
    retryable,
    facts,
    exit,
  })
}

function assertAllRead({ step, made, tally }: AccountFacts<BatchStep>): void {
  const inputs = Object.values(step.inputs)[0] ?? []
  const counted = inputs.reduce((sum, reference) => sum + (tally.get(reference) ?? Number.NaN), 0)
  const expected = made.expected ?? counted
  if (!Number.isFinite(expected) || expected === made.read) return
  throw new SillageError({
    code: 'rows_lost',
    message: `"${step.stage}" read ${made.read} of ${expected} rows`,
    hint: 'this is an error of Sillage: nothing was published',
  })
}
