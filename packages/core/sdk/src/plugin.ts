import type { BatchPlugin } from './plugin/batch-plugin.ts'
import type { ModelPlugin } from './plugin/model-plugin.ts'
import type { ProgramPlugin } from './plugin/program-plugin.ts'
import type { SinkPlugin } from './plugin/sink-plugin.ts'
import type { SourcePlugin } from './plugin/source-plugin.ts'
import type { SqlPlugin } from './plugin/sql-plugin.ts'

export {
  type BatchFacts,
  type BatchLimits,
  type BatchMaker,
  type BatchPlugin,
  type BatchResult,
  type BatchShape,
  type Cell,
  defineBatch,
} from './plugin/batch-plugin.ts'
export {
  defineModel,
  type ModelFinding,
  type ModelJson,
  type ModelPlugin,
  type NumericColumns,
} from './plugin/model-plugin.ts'
export {
  type Appended,
  defineProgram,
  type ProgramFacts,
  type ProgramPlugin,
  type ProgramResult,
  type ProgramTables,
  type ShapeFacts,
} from './plugin/program-plugin.ts'
export type { ReadBatch, ReadContext, ReadSource, ReceivedRecords, SourceFile } from './plugin/read-source.ts'
export type { FilePlace, Scan, ScanSource, SourceContext } from './plugin/scan-source.ts'
export {
  defineSink,
  type FileDelivery,
  type MessageFacts,
  type PayloadFacts,
  type Receipt,
  type RefusedRow,
  type SinkContext,
  type SinkPlugin,
} from './plugin/sink-plugin.ts'
export { defineSource, type SourcePlugin } from './plugin/source-plugin.ts'
export { defineSql, placeColumns, type SqlFacts, type SqlPlugin, type SqlStep } from './plugin/sql-plugin.ts'

/** What a plugin's file exports: one of the styles. */
export type Plugin = SourcePlugin | SqlPlugin | BatchPlugin | ModelPlugin | ProgramPlugin | SinkPlugin

export type Style = Plugin['style']

export type PluginOf<S extends Style> = Extract<Plugin, { readonly style: S }>
