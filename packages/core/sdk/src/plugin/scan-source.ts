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
   * of it as `<name>/<file>`). Throws `file_not_found` with what is near.
   */
  readonly files: (where: FilePlace) => Promise<readonly string[]>
  /** A folder for files made on the way (a transcoded copy). Those that end in `.tail` are removed after the run, the others by `gc`. */
  readonly scratch: string
  readonly asOf: string
  /** One statement's rows, through DuckDB, for looking at files: at those named, or at all that were asked for so far. */
  readonly query: (
    statement: Sql,
    files?: readonly string[],
  ) => Promise<readonly Readonly<Record<string, unknown>>[]>
  /**
   * What `ask` found out about a file, as JSON; asked again only when the file changed. With `bytes`, what was found out about the file when
   * it had so many bytes (`previous`), if that is still known.
   */
  readonly remember: <T>(what: string, file: string, ask: () => Promise<T>, bytes?: number) => Promise<T>
  /**
   * Asked after `files`: those of the last scan, by absolute path, with the bytes that they had. Undefined where there was no scan, where one of
   * them is gone or does not begin as it did then, or where the last scan was asked for something else.
   */
  readonly previous: () => Promise<ReadonlyMap<string, number> | undefined>
  /** Path of a published mart by the name of its pipeline. */
  readonly mart: (pipeline: string) => string
  readonly signal: AbortSignal
}

/** How DuckDB reads a source by itself. */
export interface Scan {
  /**
   * A select. With `provenance` it also gives `_file` (text) and `_line` (bigint: line or row from 1); the planner asks for
   * it only where a refusing step reads the source.
   */
  readonly select: (facts: { readonly provenance: boolean }) => Sql
  /** Files whose state (size, time, content) is the state of the source. */
  readonly files: readonly string[]
  /**
   * Rows that the scan itself refuses: a select of `_file`, `_line`, `_raw`, `code`, `message` and `_skipped` (true where the numbering of
   * the accepted rows passed over the line); run after the scan on its connection.
   */
  readonly refused?: Sql
  /** A database file that must be attached, read-only, under a name while the scan runs. */
  readonly attach?: { readonly path: string; readonly alias: string }
  /**
   * Only the rows that were not there in the last scan (`context.previous`): those of new files, and those behind the old end of files that
   * grew. Left out where the source cannot tell. The place of a row is the same as in `select`.
   */
  readonly appended?: {
    readonly select: (facts: { readonly provenance: boolean }) => Sql
    readonly refused?: Sql
  }
  /** True where `appended` reads the end of files that grew: the engine then keeps hashes of what they held, to compare all of it. */
  readonly followsGrowth?: boolean
  /** Its files one by one, where reading one may fail: the engine then finds out which it is. */
  readonly each?: readonly { readonly shown: string; readonly select: Sql }[]
  /** Facts for `plan`: `delimiter ;`, `encoding windows-1252`. */
  readonly detected?: Readonly<Record<string, string>>
  /** What was guessed, renamed or left out while the files were looked at. */
  readonly warnings?: readonly Warning[]
}

/** A source of files, which DuckDB reads by itself. */
export interface ScanSource<C = unknown, O = unknown> extends Common<C>, Connected {
  readonly style: 'source'
  /** Looks at the files (encoding, dialect, header) and says how DuckDB scans them. Called by `validate` and again by `run`. */
  readonly scan: (facts: {
    readonly config: C
    /**
     * The stage's connection, open while the scan looks. What the scan gives is part of the plan and may hold none of its secrets (`secret_in_plan`):
     * it fetches what only they open into `scratch`.
     */
    readonly connection?: O | undefined
    readonly context: SourceContext
    readonly sql: SqlTag
  }) => Promise<Scan>
}
