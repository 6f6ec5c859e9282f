import type { Column } from '@sillage/sql'
import type { Schema } from '../config.ts'
import type { ConnectionRef } from '../connection/connection.ts'
import type { Example } from './example.ts'

/** The stage families, in the order in which data passes through them. All other lists derive from this one. */
export const stages = ['collect', 'clean', 'enrich', 'segment', 'score', 'predict', 'activate'] as const
export type Stage = (typeof stages)[number]
export type PluginName = `${Stage}/${string}`

/**
 * What a step does to the number of rows; the engine enforces it.
 * - `same`: one row out for each row in (or rejected)
 * - `filter`: some rows are left out on purpose
 * - `merge`: several rows become one of them
 * - `group`: rows become groups; the column `_rows` holds the size of each
 * - `expand`: any number of rows out
 */
export type Rows = 'same' | 'filter' | 'merge' | 'group' | 'expand'

/** Which part of the input a step needs when rows are added: the new rows, the rows of their keys, or all. */
export type Incremental = 'by_row' | 'by_key' | 'whole'

/** What `check` found in a configuration. `path` leads to the value inside `with`. */
export interface Problem {
  readonly path: readonly (string | number)[]
  readonly code: string
  readonly message: string
  readonly hint?: string
  readonly severity?: 'error' | 'warning'
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
  /** Roles of the inputs, in order, with what each is. Default: one input called `input`. Sources have none. */
  readonly inputs?: Readonly<Record<string, string>>
  /**
   * A description of further inputs whose number and roles the pipeline chooses (`from: { orders: …, stores: … }`). At least one input is
   * required: if `inputs` names none, one of these.
   */
  readonly openInputs?: string
  /** Values of omitted options, derived from the columns that the stage reads. Options with a `default` are never omitted. */
  readonly defaults?: (facts: Omit<CheckFacts<C>, 'asOf' | 'connection'>) => Partial<C>
  /** Pure checks that a schema cannot express (bands in order, gaps between tiers). Run by `validate`. */
  readonly check?: (facts: CheckFacts<C>) => readonly Problem[]
}

export interface CheckFacts<C> {
  readonly config: C
  /** Columns of the first input. */
  readonly columns: readonly Column[]
  readonly inputs: Readonly<Record<string, readonly Column[]>>
  readonly asOf: string
  /** The configuration of the stage's connection, with `${secret:x}` unresolved; undefined if the stage names none. */
  readonly connection?: ConnectionRef | undefined
}
