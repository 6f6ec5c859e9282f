import type { Column, Sql } from '@sillage/sql'
import type { RecordBatch } from 'apache-arrow'
import type { BatchMaker } from './batch-plugin.ts'
import type { Common } from './common.ts'
import type { SqlFacts } from './sql-plugin.ts'

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
