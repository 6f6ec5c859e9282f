export type { ReportSection } from './campaign-shape.ts'
export type { ConnectionTypes, KnownConnection } from './connection-shape.ts'
export {
  type DeclaredConnection,
  type ReadConnection,
  readConnection,
  strongestOf,
} from './connections.ts'
export { findDataset } from './dataset.ts'
export { editorSchema } from './editor-schema.ts'
export { type OnFailure, type Places, placesOf } from './environment.ts'
export type { FormField, FormText, InboxText } from './inbox.ts'
export type { Limits } from './limits.ts'
export type {
  BrokenPlugin,
  Expectation,
  ExpectationKind,
  KnownPlugin,
  Labels,
  Pipeline,
  PipelineMart,
  PipelineStage,
  ReportOptions,
  StageRef,
} from './pipeline.ts'
export { findProject, type Project } from './project.ts'
export { type ReadFacts, type ReadPipeline, readPipeline } from './read-pipeline.ts'
export { connectionTypes, makeRegistry, pluginPackages, type Registry } from './registry.ts'
export { type Locator, parseYaml, type YamlPath } from './yaml-source.ts'
