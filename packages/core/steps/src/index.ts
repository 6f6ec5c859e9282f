export { blameFused } from './blame.ts'
export { type CheckContext, nothingLeft, runCheck } from './check-rows.ts'
export type {
  Engine,
  Filled,
  Filling,
  Fitted,
  Made,
  MadeRecord,
  MadeRows,
  Maker,
  OpenOrder,
  Order,
  Relations,
  StepProgress,
  StoredStep,
  Through,
  ViewStep,
  Work,
  Working,
} from './engine.ts'
export { fusedSteps } from './fused.ts'
export { makeStep } from './make-step.ts'
export { checksOfModel } from './model-findings.ts'
export { assertNoneRefused } from './refused.ts'
export type { Asking } from './source/read-batches.ts'
export type { Hands } from './style.ts'
export { worksInWorkers } from './styles.ts'
export { Tally } from './tally.ts'
