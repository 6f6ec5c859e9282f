import type { BatchPlugin } from './plugin/batch-plugin.ts'
import type { ModelPlugin } from './plugin/model-plugin.ts'
import type { ProgramPlugin } from './plugin/program-plugin.ts'
import type { ReadSource } from './plugin/read-source.ts'
import type { ScanSource } from './plugin/scan-source.ts'
import type { SinkPlugin } from './plugin/sink-plugin.ts'
import type { SqlPlugin } from './plugin/sql-plugin.ts'

export type SourcePlugin<C = unknown, O = unknown> = ScanSource<C, O> | ReadSource<C, O>

/** What a plugin's file exports: the list of styles. */
export type Plugin = SourcePlugin | SqlPlugin | BatchPlugin | ModelPlugin | ProgramPlugin | SinkPlugin

export type Style = Plugin['style']
