import type { KnownPlugin } from '@sillage/pipeline'
import type { Column, Plugin } from '@sillage/sdk'
import type { FileState, RelationName, StepParts } from './step.ts'

/** A relation that a statement may read while it is described. */
export interface ShapedRelation extends RelationName {
  readonly columns: readonly Column[]
}

export interface DescribeRequest {
  readonly select: string
  readonly relations: readonly ShapedRelation[]
  /** Anything that the answer depends on beside the text: the state of files. */
  readonly state?: string
  readonly attach?: { readonly path: string; readonly alias: string } | undefined
}

/** A name in an expression that no lambda binds. Offsets count characters from 0. */
export interface ParsedColumn {
  readonly name: string
  /** What follows it after points: fields of a struct, or the column where `name` is a relation. */
  readonly fields: readonly string[]
  readonly offset: number
  /** Characters of `name` with its quotes. */
  readonly length: number
  /** True where DuckDB takes the name for the clock if there is no such column. */
  readonly clock?: boolean
}

/** A user's expression as DuckDB's parser sees it. */
export interface ParsedExpression {
  readonly columns: readonly ParsedColumn[]
  readonly problems: readonly { readonly message: string; readonly hint?: string }[]
}

/** Answers from DuckDB about SQL that does not run yet. */
export interface Binder {
  /** The version of DuckDB that answers, and that will run what is planned. */
  readonly version: string
  /** Columns of a select. Throws an Error with DuckDB's message where it does not bind. */
  readonly describe: (request: DescribeRequest) => Promise<readonly Column[]>
  readonly parseExpression: (text: string) => Promise<ParsedExpression>
  /** DuckDB's tree of a select (`json_serialize_sql`). */
  readonly parseSelect: (select: string) => Promise<unknown>
  /** Rows of a statement that a source asks while it looks at its files; `state` as above. */
  readonly query: (statement: string, state: string) => Promise<readonly Readonly<Record<string, unknown>>[]>
  /** An answer that is kept as long as the question is the same. */
  readonly remember: <T>(question: readonly unknown[], ask: () => Promise<T>) => Promise<T>
}

/** Loads the code of a plugin. */
export type PluginLoader = (plugin: KnownPlugin) => Promise<Plugin>

/** What a source was when it was read last. */
export interface KnownSource {
  readonly fingerprint: string
  readonly parts: StepParts
  /** Hashes of the pieces of each file that the samples of its state do not cover, by base name, where its growth is followed. */
  readonly contents?: Readonly<Record<string, readonly string[]>>
}

/** What sources may know of the machine. */
export interface Files {
  /** Sorted absolute paths for a path, list or glob, from a folder. Throws `file_not_found`. */
  readonly find: (path: string | readonly string[], from: string) => Promise<readonly string[]>
  /** Files of a data set of the project: `superstore`, or `josx/domaines.csv`. Throws `dataset_unknown`. */
  readonly dataset: (name: string) => Promise<readonly string[]>
  /** What changes when a file's content may have changed, in the order of the paths: size, time, hash of samples. Never the path. */
  readonly states: (files: readonly string[]) => Promise<readonly FileState[]>
  readonly martOf: (pipeline: string) => string
  /** Of a stage: what its source was when it was read last; undefined where that is not known. */
  readonly lastSource: (stage: string) => KnownSource | undefined
  /** Of a stage: the columns of its source at the last run that ended well. */
  readonly lastColumns: (stage: string) => readonly Column[] | undefined
  /** Hash of the samples of the first bytes of a file, as `states` hashes a file of that size. */
  readonly hashOfStart: (file: string, bytes: number) => string
  /** True where the first bytes of a file are those whose pieces were hashed; false where that is not known. */
  readonly holds: (
    file: string,
    content: { readonly bytes: number; readonly pieces: readonly string[] | undefined },
  ) => Promise<boolean>
  readonly scratch: string
}
