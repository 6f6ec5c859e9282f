export { didYouMean } from '@sillage/base'
export {
  type Column,
  canonicalText,
  exactSum,
  isFloating,
  isInteger,
  isNumeric,
  isPlain,
  isRewritten,
  isTemporal,
  isText,
  Sql,
  type SqlTag,
  sql,
  textKey,
  typeOf,
} from '@sillage/sql'
export { type JsonSchema, type Role, type Schema, type Static, t } from './config.ts'
export { defineBatch, defineModel, defineProgram, defineSink, defineSource, defineSql } from './define.ts'
export { type DeliveryMode, type DeliveryOptions, deliveryModes } from './delivery-options.ts'
export { dataUnfit, deliveryFailed, notNow, sourceFailed } from './failure.ts'
export { parseExactly, textOf } from './json/exact-json.ts'
export { type JsonPath, parsePath, valueAt } from './json/json-path.ts'
export { contractVersion, describe, type Manifest, type PluginEntry } from './manifest.ts'
export { type Meaning, meanings } from './meaning.ts'
export type { BatchFacts, BatchMaker, BatchPlugin } from './plugin/batch-plugin.ts'
export {
  type CheckFacts,
  type Common,
  type Incremental,
  type PluginName,
  type Problem,
  type RejectRule,
  type Rows,
  type Stage,
  stages,
} from './plugin/common.ts'
export type { Example, ExampleRelation } from './plugin/example.ts'
export type { ModelFinding, ModelJson, ModelPlugin, NumericColumns } from './plugin/model-plugin.ts'
export type {
  Appended,
  ProgramFacts,
  ProgramPlugin,
  ProgramResult,
  ProgramTables,
  ShapeFacts,
} from './plugin/program-plugin.ts'
export type { ReadBatch, ReadContext, ReadSource, ReceivedRecords } from './plugin/read-source.ts'
export type { FilePlace, Scan, ScanSource, SourceContext } from './plugin/scan-source.ts'
export type {
  FileDelivery,
  MessageFacts,
  PayloadFacts,
  Receipt,
  RefusedRow,
  SinkContext,
  SinkPlugin,
} from './plugin/sink-plugin.ts'
export { placeColumns, type SqlFacts, type SqlPlugin, type SqlStep } from './plugin/sql-plugin.ts'
export type { CountedWarning, Warning } from './plugin/warning.ts'
export type { Plugin, SourcePlugin, Style } from './plugin.ts'
export { totalOrder } from './total-order.ts'
