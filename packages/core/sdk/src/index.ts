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
export { type ColumnKind, type JsonSchema, type Role, type Schema, type Static, t } from './config.ts'
export {
  type Connection,
  type ConnectionContext,
  type ConnectionEntry,
  type ConnectionNeed,
  type ConnectionRef,
  type ConnectionRole,
  type FilesConnection,
  isTaken,
} from './connection/connection.ts'
export {
  connectionIdentity,
  type OpenConnection,
  openConnection,
  testConnection,
} from './connection/open-connection.ts'
export {
  defineBatch,
  defineConnection,
  defineModel,
  defineProgram,
  defineSink,
  defineSource,
  defineSql,
} from './define.ts'
export { type DeliveryMode, type DeliveryOptions, deliveryModes } from './delivery-options.ts'
export { dataUnfit, deliveryFailed, notNow, sourceFailed } from './failure.ts'
export { fields, retryBudget } from './fields.ts'
export { type Cassette, record, replay } from './http/cassette.ts'
export { type Clock, systemClock } from './http/clock.ts'
export {
  type Fetch,
  type HttpAnswer,
  type HttpClient,
  type HttpClientOptions,
  type HttpRequest,
  httpClient,
  notJson,
} from './http/http-client.ts'
export { asConnection, asDelivery, asSource, type HttpFailure } from './http/http-failure.ts'
export { mergedHeaders } from './http/merged-headers.ts'
export { type Limits, Pace } from './http/pace.ts'
export { applyLink, isAddress, linkTo, nextInHeader, nextLink } from './http/page-link.ts'
export { PageProgress } from './http/page-progress.ts'
export { parseExactly, textOf } from './json/exact-json.ts'
export { type JsonPath, parsePath, valueAt } from './json/json-path.ts'
export { contractVersion, describe, describeConnection, type Manifest, type PluginEntry } from './manifest.ts'
export { type Meaning, meanings } from './meaning.ts'
export type {
  BatchFacts,
  BatchLimits,
  BatchMaker,
  BatchPlugin,
  BatchResult,
  BatchShape,
  Cell,
} from './plugin/batch-plugin.ts'
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
export type { ReadBatch, ReadContext, ReadSource, ReceivedRecords, SourceFile } from './plugin/read-source.ts'
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
