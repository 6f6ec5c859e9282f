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
   * What `sillage serve` received under a name, in order of arrival: some records at a time as lines of JSON, after a cursor (JSON text) that
   * an earlier call returned. Ends with the records present at the time of the call; yields nothing if there are none.
   */
  readonly received: (name: string, since: string | undefined) => AsyncIterable<ReceivedRecords>
  /** Shows a message to whoever watches the run. Never a customer's value. */
  readonly note: (text: string) => void
  /** As `note`, and kept in the result and the journal of the run. */
  readonly warn: (warning: Warning) => void
}

/** Lines of JSON that were received, and the cursor after them. */
export interface ReceivedRecords {
  readonly records: readonly string[]
  readonly cursor: string
}

/** Rows, and the cursor from which to continue after them: one commit of the engine. */
export interface ReadBatch {
  readonly batch: RecordBatch
  /**
   * JSON text, stored as it is. It must contain no secret, and must change with each batch that has rows. A batch without rows moves only the
   * cursor. A source that is read whole has none.
   */
  readonly cursor?: string
}

/** A file that a source reads by itself. */
export interface SourceFile {
  /** Relative to the pipeline's file: the name that rows may show. */
  readonly name: string
  /** Absolute path, for random access. */
  readonly path: string
  readonly bytes: number
  /** Its bytes, from `start` on; ends with the signal of the run. An error of the file reaches the reader of the stream. */
  readonly open: (options?: { readonly start?: number }) => Readable
}

/** A source that DuckDB cannot read by itself (an API, a queue, a custom format): read batch by batch, from where the last run ended or as a whole. */
export interface ReadSource<C = unknown, O = unknown> extends Common<C>, Connected {
  readonly style: 'source'
  /** The columns of every batch, with types of DuckDB that have a flat Arrow column. Pure: `validate` asks, and nothing is read. */
  readonly columns: (facts: { readonly config: C }) => readonly Column[]
  /**
   * True if it has no cursor: a run reads all of it, and after the last row its rows replace the earlier ones. If they are the same, no later
   * step runs. A run that fails leaves the earlier rows.
   */
  readonly whole?: boolean | ((config: C) => boolean)
  /**
   * Files that it reads by itself. They are looked up when the plan is made and must exist then; a source that is read whole is not read again
   * while they are unchanged. Undefined if this configuration names none.
   */
  readonly files?: (config: C) => FilePlace | undefined
  /** True if its batches also have `_file` and `_line` (BIGINT, from 1) when `places` is true, for a later step that refuses rows. */
  readonly tellsPlaces?: boolean
  /**
   * Called only by `run`, in the main thread: it should wait rather than compute. `since` is the cursor of the last committed batch, undefined
   * if there is none. After an error with `retryable: true` it is called again, after the last committed batch, or from the beginning if it is
   * read whole. Secrets in `config` are resolved.
   */
  readonly read: (facts: {
    readonly config: C
    readonly since: string | undefined
    /** The files that `files` names, in the order of their paths. */
    readonly files: readonly SourceFile[]
    /** Whether batches must have `_file` and `_line`. */
    readonly places: boolean
    /** The stage's connection, opened; undefined if it names none. */
    readonly connection?: O | undefined
    readonly context: ReadContext
    readonly make: BatchMaker
  }) => AsyncIterable<ReadBatch>
  /** How often to retry without a batch in between, and the waits between attempts. */
  readonly retry?: (config: C) => {
    readonly attempts: number
    readonly firstWaitMs: number
    readonly longestWaitMs: number
  }
}
