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
export type { Plan, PlannedSection } from './plan.ts'
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
export { shownFrom } from './shown-from.ts'
export {
  type AnyStep,
  carriesPlaces,
  configsOf,
  type FileState,
  type Placed,
  type Pulled,
  type RelationName,
  relationOf,
  type StepParts,
  type StepWarning,
} from './step.ts'
export type { BatchStep } from './styles/batch-step.ts'
export type { ModelStep } from './styles/model-step.ts'
export type { ProgramStep } from './styles/program-step.ts'
export { payloadName, reading } from './styles/sink.ts'
export type { SinkDelivery, SinkStep } from './styles/sink-step.ts'
export { isRead, type ReadStep, type SourceStep } from './styles/source-step.ts'
export type { SqlPlanStep } from './styles/sql-step.ts'
export type { Step, StepOf } from './styles/styles.ts'
export type { Suppressed, Suppression } from './suppress.ts'
export { temporaryFolder } from './temporary-folder.ts'
export { type TracedFrom, traceColumn } from './trace-column.ts'
export { pulledStep, withPulled } from './with-pulled.ts'
