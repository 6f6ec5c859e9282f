import type { Plan } from './plan.ts'
import type { Pulled } from './step.ts'
import { fingerprintOf } from './step-fingerprint.ts'
import type { SourceStep } from './styles/source-step.ts'
import type { Step } from './styles/styles.ts'

/**
 * The plan when so much of the sources that are read batch by batch was read, by stage: their fingerprints, and those of all that reads
 * them. Nothing else depends on it, so that nothing is compiled again.
 */
export function withPulled(plan: Plan, pulled: ReadonlyMap<string, Pulled>): Plan {
  if (pulled.size === 0) return plan
  const made = new Map<string, Step>()
  for (const step of plan.steps) {
    const state = pulled.get(step.stage)
    made.set(
      step.stage,
      step.style === 'source' && step.asked !== undefined && state !== undefined
        ? pulledStep(step, state)
        : withInputs(step, made),
    )
  }
  return { ...plan, steps: [...made.values()] }
}

/** A source of which so much was read. */
export function pulledStep(step: SourceStep, pulled: Pulled): SourceStep {
  const parts = { ...step.parts, pulled }
  return { ...step, parts, fingerprint: fingerprintOf(parts) }
}

function withInputs(step: Step, made: ReadonlyMap<string, Step>): Step {
  const inputs = step.parts.inputs.map((input) => ({
    ...input,
    fingerprint: made.get(input.stage)!.fingerprint,
  }))
  if (inputs.every(({ fingerprint }, index) => fingerprint === step.parts.inputs[index]!.fingerprint))
    return step
  const parts = { ...step.parts, inputs }
  return { ...step, parts, fingerprint: fingerprintOf(parts) }
}
