export type { Expectation, Pipeline, PipelineMart, PipelineStage, Places } from '@sillage/pipeline'
export { partOfProject, realPathOf } from './check-destinations.ts'
export { configRoles, type RoleValue } from './config-roles.ts'
export { countBreaking } from './count-breaking.ts'
export { dayOfPlan } from './day-of-plan.ts'
export { keyChecks } from './key-checks.ts'
export { makePlan, type PlanFacts } from './make-plan.ts'
export type { FileState, Pulled, StepParts } from './plan.ts'
export {
  type BatchStep,
  carriesPlaces,
  configsOf,
  type ModelStep,
  type Plan,
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
export { payloadName, reading } from './styles/sink.ts'
export type { Suppressed, Suppression } from './suppress.ts'
export { temporaryFolder } from './temporary-folder.ts'
export { type TracedFrom, traceColumn } from './trace-column.ts'
export { pulledStep, withPulled } from './with-pulled.ts'
