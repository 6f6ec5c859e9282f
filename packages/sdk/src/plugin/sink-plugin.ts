import type { Column, Sql, SqlTag } from '@sillage/sql'
import type { Common } from './common.ts'
import type { SqlFacts } from './sql-plugin.ts'

/** Proof of a delivery. */
export interface Receipt {
  readonly destination: string
  readonly rows: number
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

export interface SinkPlugin<C = unknown, S = unknown> extends Common<C> {
  readonly style: 'sink'
  /** The rows and columns to deliver, in a total order. */
  readonly payload: (facts: SqlFacts<C>) => Sql
  /** Files written by DuckDB, read from the payload as a relation… */
  readonly files?: (facts: {
    readonly config: C
    readonly payload: Sql
    readonly columns: readonly Column[]
    readonly context: Pick<SinkContext, 'resolve' | 'asOf'>
    readonly sql: SqlTag
  }) => readonly FileDelivery[]
  /** …or messages sent by the plugin. The payload is cut into messages of at most `size` rows. */
  readonly size?: (config: C) => number
  readonly open?: (facts: { readonly config: C; readonly context: SinkContext }) => Promise<S> | S
  /** Sends one message. Throws `deliveryFailed({ retryable })`; the engine retries what may be retried. */
  readonly write?: (facts: {
    readonly rows: readonly Readonly<Record<string, unknown>>[]
    readonly config: C
    readonly state: S
    /** The same for the same payload, for ever. */
    readonly idempotencyKey: string
    readonly context: SinkContext
  }) => Promise<Receipt>
  readonly close?: (state: S) => Promise<void> | void
  /** Attempts of one message, waits between them. */
  readonly retry?: (config: C) => {
    readonly attempts: number
    readonly firstWaitMs: number
    readonly longestWaitMs: number
  }
}
