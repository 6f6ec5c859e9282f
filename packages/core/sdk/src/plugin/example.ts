/** A configuration that runs, with its expected result. The test kit runs it; the docs print it. */
export interface Example {
  readonly title: string
  /** The `with` of the stage. */
  readonly with: Readonly<Record<string, unknown>>
  /** The connection that the stage names, with its `type`. */
  readonly connection?: Readonly<Record<string, unknown>>
  /** The rows of each input as objects, by role (`input` where the plugin has one). Absent for sources. */
  readonly inputs?: Readonly<Record<string, ExampleRelation>>
  /** Files that a source finds beside the pipeline: name → text or bytes. */
  readonly files?: Readonly<Record<string, string | Uint8Array>>
  /** Records that were received under a name before the source reads them: JSON lines. */
  readonly received?: Readonly<Record<string, string>>
  /** The answers of `https://api.example.org`: path and query → JSON text. */
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
