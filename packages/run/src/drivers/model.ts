import type { ModelStep } from '@sillage/plan'
import type { StepCounts } from '@sillage/store'
import type { RunContext } from '../context.ts'
export async function runModel(_step: ModelStep, _context: RunContext): Promise<() => Promise<StepCounts>> {
  throw new Error('x')
}
