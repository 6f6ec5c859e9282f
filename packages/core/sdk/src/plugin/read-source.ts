import type { Readable } from 'node:stream'
import type { Column } from '@sillage/sql'
import type { RecordBatch } from 'apache-arrow'
import type { Connected } from '../connection/connection.ts'
import type { BatchMaker } from './batch-plugin.ts'
import type { Common } from './common.ts'
import type { FilePlace } from './scan-source.ts'
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
   * alone. A source that is read whole gives none.
   */
  readonly cursor?: string
}

/** A file that a source reads by itself. */
export interface SourceFile {
  /** Relative to the pipeline's file: what rows may tell. */
  readonly name: string
  /** Absolute, for who must go back and forth in it. */
  readonly path: string
  readonly bytes: number
  /** Its bytes, from the one at `start` on; ends with the signal of the run. What goes wrong with it ends who reads it. */
  readonly open: (options?: { readonly start?: number }) => Readable
}

/** A source that DuckDB cannot read by itself (an API, a queue, a format of its own): read batch by batch, from where the last run ended or as a whole. */
export interface ReadSource<C = unknown, O = unknown> extends Common<C>, Connected {
  readonly style: 'source'
  /** The columns of every batch, with types of DuckDB that have a flat Arrow column. Pure: `validate` asks, and nothing is read. */
  readonly columns: (facts: { readonly config: C }) => readonly Column[]
  /**
   * True where it has no cursor: a run reads all of it, and its rows take the place of those before once the last one came; where they are the same,
   * nothing behind it is made anew. A run that fails leaves the rows before.
   */
  readonly whole?: boolean | ((config: C) => boolean)
  /**
   * Files that it reads by itself. They are looked up while the plan is made, and must be there then; a source that is read whole is not read
   * again while they stay as they are. Undefined where this configuration names none.
   */
  readonly files?: (config: C) => FilePlace | undefined
  /** True where its batches have `_file` and `_line` (BIGINT, from 1) as well when `places` asks: where each row stands, for a step behind that refuses rows. */
  readonly tellsPlaces?: boolean
  /**
   * In the main thread, by `run` alone: it waits for others rather than computing. `since` is the cursor of the last batch that was
   * committed; undefined where there is none. What it throws with `retryable: true` is tried again: it is called anew, behind the last
   * committed batch, or from the beginning where it is read whole. Secrets of `config` are in their places.
   */
  readonly read: (facts: {
    readonly config: C
    readonly since: string | undefined
    /** What `files` found, in the order of their paths. */
    readonly files: readonly SourceFile[]
    /** Whether batches must have `_file` and `_line`. */
    readonly places: boolean
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
