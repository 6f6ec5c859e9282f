import type { Column, Sql, SqlTag } from '@sillage/sql'
import type { RecordBatch, Vector } from 'apache-arrow'
import type { Schema } from './config.ts'
import type { Meaning } from './meaning.ts'

export const stages = ['collect', 'clean', 'enrich', 'segment', 'score', 'predict', 'activate'] as const
export type Stage = (typeof stages)[number]
export type PluginName = `${Stage}/${string}`
export type Style = 'source' | 'sql' | 'batch' | 'model' | 'sink'

/**
 * What a step does to the number of rows; the engine holds it to its word.
 * - `same`: one row out for each row in (or rejected)
 * - `filter`: some rows are left out on purpose
 * - `merge`: several rows become one of them
 * - `group`: rows become groups; the column `_rows` holds the size of each
 * - `expand`: any number of rows out
 */
export type Rows = 'same' | 'filter' | 'merge' | 'group' | 'expand'

/** How a step may be run on a part of its input. */
export type Incremental = 'by_row' | 'by_key' | 'whole'

/** What `check` found in a configuration. `path` leads to the value inside `with`. */
export interface Problem {
  readonly path: readonly (string | number)[]
  readonly code: string
  readonly message: string
  readonly hint?: string
  readonly severity?: 'error' | 'warning'
}

/** A configuration that runs, with what it must give. The test kit runs it; the docs print it. */
export interface Example {
  readonly title: string
  /** The `with` of the stage. */
  readonly with: Readonly<Record<string, unknown>>
  /** The rows of each input as objects, by role (`input` where the plugin has one). Absent for sources. */
  readonly inputs?: Readonly<Record<string, ExampleRelation>>
  /** Files that a source finds beside the pipeline: name → text or bytes. */
  readonly files?: Readonly<Record<string, string | Uint8Array>>
  /** What was received under a name before the source reads it: JSON lines. */
  readonly received?: Readonly<Record<string, string>>
  /** What `https://api.example.org` answers a source that reads it: path and query → JSON text. */
  readonly serves?: Readonly<Record<string, string>>
  readonly asOf?: string
  /** The accepted rows, in the order of their text. */
  readonly rows?: readonly Readonly<Record<string, unknown>>[]
  /** Reasons of the rejected rows: `column: code`, one list a row. */
  readonly rejects?: readonly (readonly string[])[]
  /** Files that a sink writes: name → text. */
  readonly writes?: Readonly<Record<string, string>>
}

/** Columns with DuckDB types, and rows as values in that order (text is cast to the type). */
export interface ExampleRelation {
  readonly columns: Readonly<Record<string, string>>
  readonly rows: readonly (readonly unknown[])[]
}

/** A rule that may refuse a row. Its position in the list is its bit in `_reject`. */
export interface RejectRule {
  /** Stable word for reports: `missing`, `not_integer`, `below_min`. */
  readonly code: string
  readonly column?: string
  readonly message: string
}

export interface Common<C> {
  readonly name: PluginName
  /** One sentence, without the plugin's name. */
  readonly summary: string
  /** Markdown for the generated page. */
  readonly description?: string
  readonly config: Schema<C>
  readonly examples: readonly Example[]
  /** Roles of the inputs, in order, with what each is. One input called `input` unless said. Sources have none. */
  readonly inputs?: Readonly<Record<string, string>>
  /** Pure checks that a schema cannot say (bands in order, holes in tiers). Run by `validate`. */
  readonly check?: (facts: CheckFacts<C>) => readonly Problem[]
}

export interface CheckFacts<C> {
  readonly config: C
  /** Columns of the first input. */
  readonly columns: readonly Column[]
  readonly inputs: Readonly<Record<string, readonly Column[]>>
  readonly asOf: string
}

/** Facts that every compile function gets. */
export interface SqlFacts<C> extends CheckFacts<C> {
  readonly sql: SqlTag
  /** The first input as a relation. */
  readonly input: Sql
  /** All inputs as relations, by role. */
  readonly relations: Readonly<Record<string, Sql>>
  /** A user's expression, checked by the planner, in parentheses, with `as_of` bound. */
  readonly expression: (text: string) => Sql
  /** The as-of date as SQL. */
  readonly asOfSql: Sql
  /** True where the first input carries `_file` and `_line`; `columns` never lists reserved columns. */
  readonly provenance: boolean
}

/**
 * What a SQL plugin compiles to. `select` may carry the reserved columns `_reject` (0, or a bit per rule of `rejects`), `_raw`
 * (text of the refused row; null for accepted rows), `_rows` (size of the group).
 */
export interface SqlStep {
  readonly select: Sql
  readonly rejects?: readonly RejectRule[]
  /** Statements of the further outputs, by name; they may read the step's own accepted rows as `self`. */
  readonly outputs?: (self: Sql) => Readonly<Record<string, Sql>>
  /** What the types of DuckDB cannot say of the columns made, by name: comments, personal data, what they mean. */
  readonly notes?: Readonly<
    Record<string, Pick<Column, 'comment' | 'personal'> & { readonly meaning?: Meaning }>
  >
}

export interface SqlPlugin<C = unknown> extends Common<C> {
  readonly style: 'sql'
  readonly rows: Rows | ((config: C) => Rows)
  /**
   * What a row that leaves depends on: one row of the first input (`by_row`), the rows of it with the same key (`by_key`), or all (`whole`);
   * other inputs may be read as well, and a change of theirs makes the step run whole.
   */
  readonly incremental: Incremental | ((config: C) => Incremental)
  /** For `by_key`: columns of the first input that leave under their names, and of which the rows that leave have each value once. */
  readonly key?: (config: C) => readonly string[]
  /** True where the step may refuse rows: a source that it reads is then asked for `_file` and `_line`. */
  readonly refuses?: boolean
  /** Names of further outputs, with what each is. */
  readonly outputs?: Readonly<Record<string, string>>
  readonly sql: (facts: SqlFacts<C>) => Sql | SqlStep
}

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
  /** Facts for `plan`: `delimiter ;`, `encoding windows-1252`. */
  readonly detected?: Readonly<Record<string, string>>
}

/** A source of files, which DuckDB reads by itself. */
export interface ScanSource<C = unknown> extends Common<C> {
  readonly style: 'source'
  /** Looks at the files (encoding, dialect, header) and says how DuckDB scans them. Called by `validate` and again by `run`. */
  readonly scan: (facts: {
    readonly config: C
    readonly context: SourceContext
    readonly sql: SqlTag
  }) => Promise<Scan>
}

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
export interface ReadSource<C = unknown> extends Common<C> {
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

export type SourcePlugin<C = unknown> = ScanSource<C> | ReadSource<C>

/** Makes Arrow vectors and batches. Arrays have one element a row; null and undefined are null. */
export interface BatchMaker {
  readonly text: (values: readonly (string | null | undefined)[]) => Vector
  readonly integer: (values: ArrayLike<number | bigint | null | undefined>) => Vector
  readonly double: (values: ArrayLike<number | null | undefined>) => Vector
  readonly boolean: (values: readonly (boolean | null | undefined)[]) => Vector
  readonly batch: (columns: Readonly<Record<string, Vector>>) => RecordBatch
}

export interface BatchFacts<C, S> {
  /** The columns that `reads` names, in that order. */
  readonly batch: RecordBatch
  readonly config: C
  readonly state: S
  readonly make: BatchMaker
}

export interface BatchPlugin<C = unknown, S = unknown> extends Common<C> {
  readonly style: 'batch'
  readonly rows: 'same'
  readonly incremental: 'by_row'
  /** The columns of the input that travel to the worker. */
  readonly reads: (facts: { readonly config: C; readonly columns: readonly Column[] }) => readonly string[]
  /** The columns that the step makes; one of the input's name replaces it in place, the rest follow. */
  readonly output: (facts: { readonly config: C; readonly columns: readonly Column[] }) => readonly Column[]
  /** Columns of the input that do not leave the step. */
  readonly drops?: (facts: { readonly config: C }) => readonly string[]
  /** Rules for the bits of the column `_reject` that `batch` may return. */
  readonly rejects?: (facts: { readonly config: C }) => readonly RejectRule[]
  /** Once a worker: tables, parsers. */
  readonly open?: (facts: { readonly config: C }) => Promise<S> | S
  /** Pure and synchronous; as many rows out as in, in order; columns as `output` says, and `_reject` where rules are declared. */
  readonly batch: (facts: BatchFacts<C, S>) => RecordBatch
}

/** A fitted model, as plain JSON: parameters, diagnostics, training window, metrics. */
export type ModelJson = Readonly<Record<string, unknown>>

/** Numeric columns by name; null is NaN. */
export type NumericColumns = Readonly<Record<string, Float64Array>>

export interface ModelPlugin<C = unknown> extends Common<C> {
  readonly style: 'model'
  readonly rows: 'same' | 'group'
  readonly incremental: 'whole'
  /** One row per unit to score: the columns that leave the step unchanged (and `_rows` where rows are grouped). */
  readonly units: (facts: SqlFacts<C>) => Sql
  /** The numeric matrix to fit on, read from the units, in a total order. */
  readonly statistics: (facts: Omit<SqlFacts<C>, 'input'> & { readonly units: Sql }) => Sql
  /** In a worker. Throws where the data cannot carry the model, naming the fact. */
  readonly fit: (facts: {
    readonly data: NumericColumns
    readonly config: C
    readonly asOf: string
  }) => Promise<ModelJson> | ModelJson
  /** The columns of the units that scoring reads, and those that it adds. */
  readonly reads: (facts: { readonly config: C }) => readonly string[]
  readonly output: (facts: { readonly config: C }) => readonly Column[]
  /** In workers, batch by batch. */
  readonly apply: (facts: {
    readonly batch: RecordBatch
    readonly model: ModelJson
    readonly config: C
    readonly make: BatchMaker
  }) => RecordBatch
}

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

export type Plugin = SourcePlugin | SqlPlugin | BatchPlugin | ModelPlugin | SinkPlugin
