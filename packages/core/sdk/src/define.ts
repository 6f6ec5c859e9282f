import type { Connection } from './connection/connection.ts'
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

/**
 * A way to a system, which stages name as `connection:`. Its file is `src/connection.ts` of a connector. Throws where it has an option called
 * `type`, which is that of every connection.
 */
export function defineConnection<C, O>(connection: Omit<Connection<C, O>, 'style'>): Connection<C, O> {
  if (connection.config.properties?.type !== undefined)
    throw new TypeError(`the connection ${connection.name} declares the option "type": give it another name`)
  return Object.freeze({ style: 'connection', ...connection })
}

/** A source that DuckDB reads by itself (`scan`), or one that is read batch by batch from where the last run ended (`read`). */
export function defineSource<C, O = unknown>(plugin: Omit<ScanSource<C, O>, 'style'>): ScanSource<C, O>
export function defineSource<C, O = unknown>(plugin: Omit<ReadSource<C, O>, 'style'>): ReadSource<C, O>
export function defineSource<C, O>(
  plugin: Omit<ScanSource<C, O>, 'style'> | Omit<ReadSource<C, O>, 'style'>,
): SourcePlugin<C, O> {
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
export function defineSink<C, S = undefined, O = unknown>(
  plugin: Omit<SinkPlugin<C, S, O>, 'style'>,
): SinkPlugin<C, S, O> {
  return Object.freeze({ style: 'sink', ...plugin, config: withDeliveryOptions(plugin) })
}
