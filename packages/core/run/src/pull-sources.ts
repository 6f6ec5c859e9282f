import type { CurrentStep } from '@sillage/ledger'
import { type Pulled, type Step, withPulled } from '@sillage/plan'
import type { RunContext } from './context.ts'
import { isRead } from './cursors.ts'
import { start } from './run-steps.ts'
import { inStage } from './step-report.ts'

/**
 * Before the steps run: asks each source that is read batch by batch for what came since, and gives the plan as it is then. From there on
 * nothing moves while the run goes on. A replay works on the rows that are there; a backfill on those that the last run read.
 */
export async function pullSources(steps: readonly Step[], context: RunContext): Promise<RunContext> {
  const { options } = context
  const sources = steps.filter(isRead).filter(({ parts }) => !options.replay || parts.pulled === undefined)
  if (sources.length === 0) return context
  const read = options.history
    ? (await import('./drivers/copy-source.ts')).copySource
    : (await import('./drivers/pull.ts')).pullSource
  const known = new Map<string, CurrentStep>(context.known)
  const pulled = new Map(context.pulled)
  const made = new Map<string, Pulled>()
  for (const step of sources) {
    options.signal.throwIfAborted()
    const started = performance.now()
    start(step, [], context)
    try {
      const { current, state, rowsCame } = await read(step, context)
      known.set(step.stage, current)
      made.set(step.stage, state)
      pulled.set(step.stage, { rowsCame, started })
    } catch (error) {
      throw inStage(step.stage, error)
    }
  }
  const plan = withPulled(context.plan, made)
  return { ...context, plan, steps: new Map(plan.steps.map((step) => [step.stage, step])), known, pulled }
}
