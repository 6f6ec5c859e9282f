import type { Diagnostic } from '@sillage/base'
import type { Column, JsonSchema, Style } from '@sillage/sdk'
import type { Expectation, Pipeline } from './pipeline.ts'
import type { Shape } from './shape.ts'
import type { Locator, YamlPath } from './yaml-source.ts'

/**
 * What an app adds to the files of a project under one top-level key: data and pure functions. Its value is carried by name and read by the
 * app alone; nothing between knows what it says.
 */
export interface Section {
  /** The key. */
  readonly key: string
  /** Of a pipeline file. */
  readonly pipeline?: PipelineKey
  /** Of `sillage.yaml`. */
  readonly project?: ProjectKey
  /** What columns of marts may be said to mean, beside what plugins say of theirs. */
  readonly meanings?: readonly string[]
}

/** A key of a pipeline file. Texts are what stands in the file, after interpolation; only where the key is there. */
export interface PipelineKey {
  readonly shape: Shape
  /** A pattern that its text matches, for editors; references may stand instead. */
  readonly pattern?: string
  /** What the shape cannot say. Asked of a file whose shape is right, unless `checksAnyText`. */
  check?(text: unknown, facts: TextFacts): readonly Diagnostic[] | Promise<readonly Diagnostic[]>
  /** True of a check that takes whatever the file holds. */
  readonly checksAnyText?: boolean
  /** The value that the pipeline carries: the text itself unless said. */
  read?(text: unknown): unknown
  /** Where `today` is asked (IANA), unless the pipeline says it itself. Takes whatever the file holds. */
  zone?(text: unknown): string | undefined
  /** What of the value does not fit the stages as they were compiled, without errors. */
  checkPlan?(value: unknown, facts: PlannedFacts): readonly Diagnostic[]
  /** What the mart tells of the value. Another value publishes a new version. */
  tables?(value: unknown): readonly SectionTable[]
}

/** A key of `sillage.yaml`. */
export interface ProjectKey {
  readonly shape: JsonSchema
  /** True where each environment may have the key too, which wins there. */
  readonly inEnvironments?: boolean
  /** What the shape, which is right, cannot say; the text stands at `path`. */
  check?(
    text: unknown,
    facts: { readonly path: YamlPath; readonly locate: Locator },
  ): readonly Diagnostic[] | Promise<readonly Diagnostic[]>
}

interface TextFacts {
  /** Names of the marts, as the file has them. */
  readonly marts: readonly string[]
  readonly locate: Locator
}

export interface PlannedFacts {
  readonly pipeline: Pipeline
  readonly steps: readonly PlannedStage[]
  readonly locate: Locator
}

/** What a section may ask of a compiled stage. */
export interface PlannedStage {
  readonly stage: string
  readonly style: Style
  readonly columns: readonly Column[]
  readonly expect: readonly Expectation[]
  /** Its further outputs. */
  readonly outputs?: Readonly<Record<string, { readonly columns: readonly Column[] }>>
  /** Columns that it makes. */
  readonly creates?: readonly string[]
  /** All that a column may hold, by its name, where the plugin knows. */
  readonly values?: Readonly<Record<string, readonly string[]>>
}

/** A value of a table: dates and decimals are texts, which their column's type reads. */
export type SectionCell = string | number | boolean | null | readonly string[]

/** A table of the schema `sillage` of a mart. Types are those of DuckDB. */
export interface SectionTable {
  readonly name: string
  readonly comment: string
  readonly columns: readonly { readonly name: string; readonly type: string; readonly comment: string }[]
  readonly rows: readonly (readonly SectionCell[])[]
}
