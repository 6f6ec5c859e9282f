export {
  type Expectation,
  keyChecks,
  type Pipeline,
  type PipelineMart,
  type PipelineStage,
  type Places,
} from '@sillage/pipeline'
export { partOfProject, realPathOf } from './check-destinations.ts'
export { configRoles, type RoleValue } from './config-roles.ts'
export { countBreaking } from './count-breaking.ts'
export { dayOfPlan } from './day-of-plan.ts'
export { makePlan, type PlanFacts } from './make-plan.ts'
export type { FileState, Pulled, StepParts } from './plan.ts'
export {
  type BatchStep,
  carriesPlaces,
  configsOf,
  isRead,
  type ModelStep,
  type Placed,
  type Plan,
  type PlannedSection,
  type ProgramStep,
  type ReadStep,
  type RelationName,
  relationOf,
  type SinkDelivery,
  type SinkStep,
  type SourceStep,
  type SqlPlanStep,
  type Step,
  type StepWarning,
} from './plan.ts'
export type {
  Binder,
  DescribeRequest,
  Files,
  KnownSource,
  ParsedColumn,
  ParsedExpression,
  PluginLoader,
  ShapedRelation,
} from './ports.ts'
export { referenceSql, relationSql } from './relation-sql.ts'
export { payloadName, reading } from './styles/sink.ts'
export type { Suppressed, Suppression } from './suppress.ts'
export { temporaryFolder } from './temporary-folder.ts'
export { type TracedFrom, traceColumn } from './trace-column.ts'
export { pulledStep, withPulled } from './with-pulled.ts'
