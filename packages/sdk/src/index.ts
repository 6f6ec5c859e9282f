export { didYouMean } from '@sillage/base'
export {
  type Column,
  exactSum,
  isFloating,
  isInteger,
  isNumeric,
  isTemporal,
  isText,
  Sql,
  type SqlTag,
  sql,
  typeOf,
} from '@sillage/sql'
export { type JsonSchema, type Role, type Schema, type Static, t } from './config.ts'
export { defineBatch, defineModel, defineSink, defineSource, defineSql } from './define.ts'
export { dataUnfit, deliveryFailed, sourceFailed } from './failure.ts'
export { describe, type Manifest, type PluginEntry } from './manifest.ts'
export {
  type BatchFacts,
  type BatchMaker,
  type BatchPlugin,
  type CheckFacts,
  type Common,
  type Example,
  type ExampleRelation,
  type FileDelivery,
  type Incremental,
  type ModelJson,
  type ModelPlugin,
  type NumericColumns,
  type Plugin,
  type PluginName,
  type Problem,
  type Receipt,
  type RejectRule,
  type Rows,
  type Scan,
  type SinkContext,
  type SinkPlugin,
  type SourceContext,
  type SourcePlugin,
  type SqlFacts,
  type SqlPlugin,
  type SqlStep,
  type Stage,
  type Style,
  stages,
} from './plugin.ts'
