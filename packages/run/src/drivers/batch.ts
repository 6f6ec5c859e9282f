import type { BatchStep } from '@sillage/plan'
import type { StepCounts } from '@sillage/store'
import type { RunContext } from '../context.ts'
export async function runBatch(_step: BatchStep, _context: RunContext): Promise<() => Promise<StepCounts>> {
  throw new Error('x')
}
