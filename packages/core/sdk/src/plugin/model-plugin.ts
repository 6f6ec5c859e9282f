import type { Column, Sql } from '@sillage/sql'
import type { RecordBatch } from 'apache-arrow'
import { withOnUnfit } from '../on-unfit.ts'
import type { BatchMaker } from './batch-plugin.ts'
import type { Common } from './common.ts'
import type { SqlFacts } from './sql-plugin.ts'
import type { CountedWarning } from './warning.ts'

/** A fitted model as plain JSON: parameters, diagnostics, training window, metrics; `findings` judge its fit. */
export type ModelJson = Readonly<Record<string, unknown>> & { readonly findings?: readonly ModelFinding[] }

/**
 * A judgement of one aspect of a fit. It is a check of the run and of the mart. If it does not hold, it is also a warning, and stops the run
 * under `on_unfit: fail`.
 */
export interface ModelFinding {
  /** Stable word for programs, such as `fit_on_bound`. */
  readonly code: string
  /** What should hold, as a sentence: "the fit lies inside its bounds". */
  readonly check: string
  readonly holds: boolean
  /** The figure that was examined. */
  readonly found: number
  readonly message: string
  /** What to do next. */
  readonly hint: string
  /** Columns of the model that are null if the finding does not hold. */
  readonly nulls?: readonly string[]
}

/** Numeric columns by name; null is NaN. */
export type NumericColumns = Readonly<Record<string, Float64Array>>

export interface ModelPlugin<C = unknown> extends Common<C> {
  readonly style: 'model'
  readonly rows: 'same' | 'group'
  readonly incremental: 'whole'
  /** One row per unit to score: the columns that pass through unchanged (and `_rows` if rows are grouped). */
  readonly units: (facts: SqlFacts<C>) => Sql
  /** The numeric matrix to fit on, read from the units, in a total order. */
  readonly statistics: (facts: Omit<SqlFacts<C>, 'input'> & { readonly units: Sql }) => Sql
  /** Warnings about the units, as counts over them; the counts may read reserved columns. */
  readonly warnings?: (facts: SqlFacts<C>) => readonly CountedWarning[]
  /**
   * In a worker. Throws `dataUnfit` where the data cannot carry the model, naming the fact: the columns of the model are null then, or the run
   * fails, as `on_unfit` of the configuration says.
   */
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

/** A model: reduced by SQL, fitted in a worker, applied batch by batch. Its configuration has `on_unfit` as well. */
export function defineModel<C>(plugin: Omit<ModelPlugin<C>, 'style'>): ModelPlugin<C> {
  return Object.freeze({ style: 'model', ...plugin, config: withOnUnfit(plugin.config) })
}
