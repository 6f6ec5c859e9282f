import type { Column, Sql, SqlTag } from '@sillage/sql'
import type { Connected } from '../connection/connection.ts'
import { withDeliveryOptions } from '../delivery-options.ts'
import type { Common } from './common.ts'
import type { SqlFacts } from './sql-plugin.ts'

/** A row of a message that the receiver refused, in its own words. */
export interface RefusedRow {
  /** Position in `rows` of the message, from 0. */
  readonly row: number
  readonly code: string
  readonly message: string
}

/** Proof of a delivery. A row that is neither in `refused` nor in `retry` was accepted. */
export interface Receipt {
  readonly destination: string
  /** Rows that were accepted. Fewer than were sent, without `refused` or `retry` to name the others, is an error of the plugin. */
  readonly rows?: number
  /** Positions in `rows` that were accepted, for receivers that say which; all others must be in `refused` or `retry`. */
  readonly accepted?: readonly number[]
  /** Rows that the receiver will not take as they are: not sent again until they change. */
  readonly refused?: readonly RefusedRow[]
  /** Positions of rows that may be taken later: the next run sends them again. */
  readonly retry?: readonly number[]
  /** Facts of the destination: status, path, bytes. */
  readonly facts?: Readonly<Record<string, unknown>>
}

export interface SinkContext {
  readonly resolve: (path: string) => string
  /** `<pipeline>/<stage>` and the run, for headers and file names. */
  readonly pipeline: string
  readonly stage: string
  readonly run: string
  readonly asOf: string
  readonly signal: AbortSignal
  /** Waits, for retries; ends early with the signal. */
  readonly sleep: (ms: number) => Promise<void>
}

/** A sink whose file DuckDB writes by itself, beside its final name; the engine renames it when it is whole. */
export interface FileDelivery {
  readonly select: Sql
  readonly path: string
  readonly format: 'csv' | 'parquet' | 'json'
  readonly options?: Readonly<Record<string, string | number | boolean>>
}

/** The parts of a message: SQL over the rows that it groups, so that it is committed whole before it is sent. */
export interface MessageFacts<C> {
  readonly config: C
  /** SQL text of a JSON array: the new and changed rows. */
  readonly rows: Sql
  /** SQL text of a JSON array of the keys that are gone; absent unless the mode is `mirror`. */
  readonly removed: Sql | undefined
  /** When the message was committed: ISO, UTC. */
  readonly timestamp: string
  readonly pipeline: string
  readonly stage: string
  readonly asOf: string
  readonly sql: SqlTag
}

/** Facts from which a sink selects its payload. */
export interface PayloadFacts<C> extends SqlFacts<C> {
  /** The columns that identify a row: if all are sent, no two rows have the same values in them. Empty: the whole row identifies it. */
  readonly key: readonly string[]
}

/** The engine adds `key`, `mode` and `max_removed` to the configuration of every sink: a sink cannot declare options of these names. */
export interface SinkPlugin<C = unknown, S = unknown, O = unknown> extends Common<C>, Connected {
  readonly style: 'sink'
  /** The rows and columns to deliver, in a total order: `totalOrder` gives the shortest one. */
  readonly payload: (facts: PayloadFacts<C>) => Sql
  /** Files written by DuckDB, read from the payload as a relation… */
  readonly files?: (facts: {
    readonly config: C
    /** The stage's connection, opened without secrets; undefined if it names none. */
    readonly connection?: O | undefined
    readonly payload: Sql
    readonly columns: readonly Column[]
    readonly context: Pick<SinkContext, 'resolve' | 'asOf'>
    readonly sql: SqlTag
  }) => readonly FileDelivery[]
  /** …or messages sent by the plugin. The due rows are grouped into messages of at most `size` rows. */
  readonly size?: (config: C) => number
  /**
   * Identifies the receiver from the configurations of the stage and of its connection (`${secret:x}` unresolved): for another destination all
   * rows are due. Default: the options of the role `path` and those called `url`, `host`, `table` or `endpoint`, and the identity of the
   * connection.
   */
  readonly destination?: (config: C, connection?: Readonly<Record<string, unknown>>) => string
  /** The text of a message, as SQL; default `{"rows": …, "removed": …}`. It reaches `write` as `body`. */
  readonly message?: (facts: MessageFacts<C>) => Sql
  readonly open?: (facts: {
    readonly config: C
    /** The stage's connection, opened; undefined if it names none. */
    readonly connection?: O | undefined
    readonly context: SinkContext
  }) => Promise<S> | S
  /** Sends one message. Throws `deliveryFailed({ retryable })`; the engine retries if `retryable` is true. */
  readonly write?: (facts: {
    /** New and changed rows. Parsed from the message on first use. */
    readonly rows: readonly Readonly<Record<string, unknown>>[]
    /** The keys that are gone, as objects of the key columns. Empty unless the mode is `mirror`. */
    readonly removed: readonly Readonly<Record<string, unknown>>[]
    /** The message as it was committed: the same bytes at each attempt. */
    readonly body: string
    readonly config: C
    readonly state: S
    readonly connection?: O | undefined
    /** Always the same for the same message. */
    readonly idempotencyKey: string
    readonly context: SinkContext
  }) => Promise<Receipt>
  readonly close?: (state: S) => Promise<void> | void
  /** How often one message is attempted, and the waits between attempts. */
  readonly retry?: (config: C) => {
    readonly attempts: number
    readonly firstWaitMs: number
    readonly longestWaitMs: number
  }
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
