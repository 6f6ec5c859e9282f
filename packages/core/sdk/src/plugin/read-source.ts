import type { Column } from '@sillage/sql'
import type { RecordBatch } from 'apache-arrow'
import type { Connected } from '../connection/connection.ts'
import type { BatchMaker } from './batch-plugin.ts'
import type { Common } from './common.ts'
import type { Warning } from './warning.ts'

/** What a source may touch while it is read. */
export interface ReadContext {
  readonly signal: AbortSignal
  /** Waits; ends early with the signal. */
  readonly sleep: (ms: number) => Promise<void>
  /**
   * What `sillage serve` received under a name, in the order in which it came: some records at a time as lines of JSON, behind a cursor (JSON
   * text) that a call before gave. Only what was there when it was asked; nothing where nothing ever came.
   */
  readonly received: (name: string, since: string | undefined) => AsyncIterable<ReceivedRecords>
  /** Tells whoever watches the run. Never a value of a customer. */
  readonly note: (text: string) => void
  /** As `note`, and the result and the journal of the run keep it. */
  readonly warn: (warning: Warning) => void
}

/** Lines of JSON that were received, and the cursor behind them. */
export interface ReceivedRecords {
  readonly records: readonly string[]
  readonly cursor: string
}

/** Rows, and what is enough to go on behind them: one commit of the engine. */
export interface ReadBatch {
  readonly batch: RecordBatch
  /**
   * JSON text. It is kept as it is: it must hold no secret, and move with each batch that has rows. A batch without rows moves the cursor
   * alone.
   */
  readonly cursor: string
}

/** A source that DuckDB cannot read by itself (an API, a queue): read batch by batch, from where the last run ended. */
export interface ReadSource<C = unknown, O = unknown> extends Common<C>, Connected {
  readonly style: 'source'
  /** The columns of every batch, with types of DuckDB that have a flat Arrow column. Pure: `validate` asks, and nothing is read. */
  readonly columns: (facts: { readonly config: C }) => readonly Column[]
  /**
   * In the main thread, by `run` alone: it waits for others rather than computing. `since` is the cursor of the last batch that was
   * committed; undefined where there is none. What it throws with `retryable: true` is tried again: it is called anew, behind the last
   * committed batch. Secrets of `config` are in their places.
   */
  readonly read: (facts: {
    readonly config: C
    readonly since: string | undefined
    /** The stage's connection, opened; undefined where it names none. */
    readonly connection?: O | undefined
    readonly context: ReadContext
    readonly make: BatchMaker
  }) => AsyncIterable<ReadBatch>
  /** Attempts without a batch between them, waits between attempts. */
  readonly retry?: (config: C) => {
    readonly attempts: number
    readonly firstWaitMs: number
    readonly longestWaitMs: number
  }
}
