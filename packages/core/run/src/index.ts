



export { runPlan } from './engine.ts'








export type { DeliveryResult, Preview, ProgressEvent, RunOptions, RunResult } from './options.ts'

export { type PlannedDelivery, planDeliveries } from './plan-deliveries.ts'

export { replacedMart } from './replaced-mart.ts'


export { type PlannedAction, stepActions } from './step-actions.ts'
export { columnRoles } from './column-roles.ts'
export { type RunContext } from './context.ts'
export { isRead, withCursors } from './cursors.ts'
export { noteCurrent, orphansOf, publications } from './orphans.ts'
export { martColumns, referenceOf } from './publish.ts'
export { referenceSql, relationSql } from './relations.ts'
export { seconds } from './step-report.ts'
