import type { Sql, SqlTag } from '@sillage/sql'
import type { Connected } from '../connection/connection.ts'
import type { Common } from './common.ts'
import type { Warning } from './warning.ts'

/** Where a source finds its files. */
export type FilePlace = string | readonly string[] | { readonly dataset: string }

/** What a source may touch while it looks at its files. */
export interface SourceContext {
  /** Absolute path of a path in the configuration (relative to the pipeline's file). */
  readonly resolve: (path: string) => string
  /**
   * Sorted absolute paths of the files that a path, list or glob names, or of a data set of the project (`datasets/<name>`, or one file
   * of it as `<name>/<file>`). Throws `file_not_found` with the nearest names.
   */
  readonly files: (where: FilePlace) => Promise<readonly string[]>
  /** A folder for intermediate files (a transcoded copy). Those that end in `.tail` are removed after the run, the others by `gc`. */
  readonly scratch: string
  readonly asOf: string
  /** Runs one statement in DuckDB to inspect files: the given ones, or all that `files` has returned so far. */
  readonly query: (
    statement: Sql,
    files?: readonly string[],
  ) => Promise<readonly Readonly<Record<string, unknown>>[]>
  /**
   * The result of `ask` about a file, as JSON; `ask` is called again only when the file changed. With `bytes`, the result from when the file
   * had that size (`previous`), if it is still known.
   */
  readonly remember: <T>(what: string, file: string, ask: () => Promise<T>, bytes?: number) => Promise<T>
  /**
   * To be called after `files`: the files of the last scan by absolute path, with their size in bytes at that time. Undefined if there was no
   * scan, if one of the files is gone or its beginning changed, or if the last scan had another configuration.
   */
  readonly previous: () => Promise<ReadonlyMap<string, number> | undefined>
  /** Path of a published mart by the name of its pipeline. */
  readonly mart: (pipeline: string) => string
  readonly signal: AbortSignal
}

/** How DuckDB reads a source by itself. */
export interface Scan {
  /**
   * A select. With `provenance` it also returns `_file` (text) and `_line` (bigint: line or row from 1); the planner asks for them only if a
   * step that refuses rows reads the source.
   */
  readonly select: (facts: { readonly provenance: boolean }) => Sql
  /** Files whose state (size, time, content) is the state of the source. */
  readonly files: readonly string[]
  /**
   * Rows that the scan itself refuses: a select of `_file`, `_line`, `_raw`, `code`, `message` and `_skipped` (true if the numbering of the
   * accepted rows skipped the line). It runs after the scan on the same connection to DuckDB.
   */
  readonly refused?: Sql
  /** A database file that must be attached, read-only, under a name while the scan runs. */
  readonly attach?: { readonly path: string; readonly alias: string }
  /**
   * Only the rows that are new since the last scan (`context.previous`): those of new files, and those after the old end of files that grew.
   * Omit it if the source cannot tell. `_file` and `_line` of a row are the same as in `select`.
   */
  readonly appended?: {
    readonly select: (facts: { readonly provenance: boolean }) => Sql
    readonly refused?: Sql
  }
  /** True if `appended` reads the end of files that grew: the engine then keeps hashes of their earlier content, to compare all of it. */
  readonly followsGrowth?: boolean
  /** Its files one by one, if reading one may fail: the engine then finds out which one. */
  readonly each?: readonly { readonly shown: string; readonly select: Sql }[]
  /** Facts for `plan`: `delimiter ;`, `encoding windows-1252`. */
  readonly detected?: Readonly<Record<string, string>>
  /** What was guessed, renamed or left out when the files were inspected. */
  readonly warnings?: readonly Warning[]
}

/** A source of files, which DuckDB reads by itself. */
export interface ScanSource<C = unknown, O = unknown> extends Common<C>, Connected {
  readonly style: 'source'
  /** Inspects the files (encoding, dialect, header) and returns how DuckDB scans them. Called by `validate` and again by `run`. */
  readonly scan: (facts: {
    readonly config: C
    /**
     * The stage's connection, open during the scan. The result is part of the plan and must contain none of its secrets (`secret_in_plan`):
     * fetch files that need them into `scratch`.
     */
    readonly connection?: O | undefined
    readonly context: SourceContext
    readonly sql: SqlTag
  }) => Promise<Scan>
}
