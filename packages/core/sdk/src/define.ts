import { withDeliveryOptions } from './delivery-options.ts'
import { withOnUnfit } from './on-unfit.ts'
import type { BatchPlugin } from './plugin/batch-plugin.ts'
import type { ModelPlugin } from './plugin/model-plugin.ts'
import type { ProgramPlugin } from './plugin/program-plugin.ts'
import type { ReadSource } from './plugin/read-source.ts'
import type { ScanSource } from './plugin/scan-source.ts'
import type { SinkPlugin } from './plugin/sink-plugin.ts'
import type { SqlPlugin } from './plugin/sql-plugin.ts'
import type { SourcePlugin } from './plugin.ts'

/** A source that DuckDB reads by itself (`scan`), or one that is read batch by batch from where the last run ended (`read`). */
export function defineSource<C>(plugin: Omit<ScanSource<C>, 'style'>): ScanSource<C>
export function defineSource<C>(plugin: Omit<ReadSource<C>, 'style'>): ReadSource<C>
export function defineSource<C>(
  plugin: Omit<ScanSource<C>, 'style'> | Omit<ReadSource<C>, 'style'>,
): SourcePlugin<C> {
  return Object.freeze({ style: 'source', ...plugin })
}

/** A step compiled to SQL: fused with its neighbours and pushed down. The normal case. */
export function defineSql<C>(plugin: Omit<SqlPlugin<C>, 'style'>): SqlPlugin<C> {
  return Object.freeze({ style: 'sql', ...plugin })
}

/** A step over Arrow record batches in worker threads, for what SQL cannot say. */
export function defineBatch<C, S = undefined>(plugin: Omit<BatchPlugin<C, S>, 'style'>): BatchPlugin<C, S> {
  return Object.freeze({ style: 'batch', ...plugin })
}

/** A model: reduced by SQL, fitted in a worker, applied batch by batch. Its configuration has `on_unfit` as well. */
export function defineModel<C>(plugin: Omit<ModelPlugin<C>, 'style'>): ModelPlugin<C> {
  return Object.freeze({ style: 'model', ...plugin, config: withOnUnfit(plugin.config) })
}

/**
 * Work over whole relations of which one statement is not enough: rounds until nothing changes, a graph. SQL over tables of its own, and columns in
 * a worker, with checkpoints by name. Rare on purpose: its step is always a table and is always made whole.
 */
export function defineProgram<C>(plugin: Omit<ProgramPlugin<C>, 'style'>): ProgramPlugin<C> {
  return Object.freeze({ style: 'program', ...plugin })
}

/**
 * A destination. The engine owns payloads, keys, retries and receipts; it adds the options `key`, `mode` and `max_removed`. Throws
 * where the plugin declares one of these itself.
 */
export function defineSink<C, S = undefined>(plugin: Omit<SinkPlugin<C, S>, 'style'>): SinkPlugin<C, S> {
  return Object.freeze({ style: 'sink', ...plugin, config: withDeliveryOptions(plugin) })
}
