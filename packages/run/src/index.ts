export { type Budget, splitBudget } from './budget.ts'
export { runPlan } from './engine.ts'
export type { DeliveryResult, Preview, ProgressEvent, RunOptions, RunResult, StepResult } from './options.ts'
export { type RunPaths, runPaths } from './paths.ts'
