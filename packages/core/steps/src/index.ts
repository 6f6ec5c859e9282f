export { blameFused } from './blame.ts'
export { type CheckContext, nothingLeft, runCheck } from './check-rows.ts'
export type {
  Engine,
  Filled,
  Filling,
  Fitted,
  FitWork,
  Made,
  MadeRecord,
  MadeRows,
  Maker,
  MapWork,
  OpenOrder,
  Order,
  ProgramWork,
  Relations,
  ScanWork,
  SelectWork,
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
export { selectAccepted } from './relations/accepted.ts'
export { batchSizes, sortedByKey } from './relations/by-key.ts'
export { countOwnWarnings, countWarnings } from './relations/counted-warnings.ts'
export { assertDeclared } from './relations/declared.ts'
export { figuresOf } from './relations/figures.ts'
export {
  areForgotten,
  prepareSuppression,
  suppressedRecord,
  withoutSuppressed,
} from './relations/forgotten.ts'
export {
  isAllMade,
  joinByPosition,
  joinModel,
  placesKept,
  withoutModel,
} from './relations/join-by-position.ts'
export { measureRows, toldRead } from './relations/measure.ts'
export { countReasons, selectRefused } from './relations/refused.ts'
export { createSchemas, stepTable } from './relations/step-table.ts'
export { dropStrangers, mayRefuse } from './relations/strangers.ts'
export { countUnread, unreadBelow, unreadLines } from './relations/unread.ts'
export { createView } from './relations/view.ts'
export { replayImpossible } from './replay-impossible.ts'
export {
  assertHoldsBatches,
  behindBatch,
  currentOf,
  keptOutBy,
  measureRead,
  nothingRead,
  nothingWritten,
  sourceNotRead,
  storedColumns,
  withoutForgotten,
} from './source/progress.ts'
export type { Asking } from './source/read-batches.ts'
export type { Hands } from './style.ts'
export { worksInWorkers } from './styles.ts'
export { Tally } from './tally.ts'
