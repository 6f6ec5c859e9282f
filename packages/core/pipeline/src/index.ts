export { checkShape } from './check-shape.ts'
export { builtValidator } from './compile-validator.ts'
export type { ConnectionTypes, KnownConnection } from './connection-shape.ts'
export {
  type DeclaredConnection,
  type ReadConnection,
  readConnection,
  strongestOf,
} from './connections.ts'
export { findDataset } from './dataset.ts'
export { editorSchema } from './editor-schema.ts'
export { keyChecks } from './key-checks.ts'
export type { Limits } from './limits.ts'
export type {
  BrokenPlugin,
  Expectation,
  ExpectationKind,
  KnownPlugin,
  Pipeline,
  PipelineMart,
  PipelineStage,
  StageRef,
} from './pipeline.ts'
export { type Places, placesOf } from './places.ts'
export { findProject, type Project } from './project.ts'
export type { ReadFacts } from './read-facts.ts'
export { type ReadPipeline, readPipeline } from './read-pipeline.ts'
export { connectionTypes, makeRegistry, pluginPackages, type Registry } from './registry.ts'
export type {
  PipelineKey,
  PlannedFacts,
  PlannedStage,
  ProjectKey,
  Section,
  SectionCell,
  SectionTable,
} from './section.ts'
export { joinSections, type Sections } from './sections.ts'
export type { Shape } from './shape.ts'
export { type ShapeName, shapesOf } from './shapes.ts'
export { type Locator, parseYaml, type YamlPath } from './yaml-source.ts'
