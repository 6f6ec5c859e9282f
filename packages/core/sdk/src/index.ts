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
  defineConnection,
  type FilesConnection,
  isTaken,
} from './connection/connection.ts'
export {
  connectionIdentity,
  type OpenConnection,
  openConnection,
  testConnection,
} from './connection/open-connection.ts'
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
export type { CountedWarning, Warning } from './plugin/warning.ts'
export * from './plugin.ts'
export { totalOrder } from './total-order.ts'
