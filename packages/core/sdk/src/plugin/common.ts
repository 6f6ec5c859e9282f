import type { Column } from '@sillage/sql'
import type { Schema } from '../config.ts'
import type { ConnectionRef } from '../connection/connection.ts'
import type { Example } from './example.ts'

/** The stage families, in the order in which data meets them. This list is the only one: all others derive from it. */
export const stages = ['collect', 'clean', 'enrich', 'segment', 'score', 'predict', 'activate'] as const
export type Stage = (typeof stages)[number]
export type PluginName = `${Stage}/${string}`

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
  /**
   * What further inputs are, of which the pipeline says how many there are and what their roles are called (`from: { orders: …, stores: … }`).
   * At least one input is read: where `inputs` names none, one of these.
   */
  readonly openInputs?: string
  /** Values of options that a stage leaves out, where they follow from the columns that it reads. Options that have a `default` are never left out. */
  readonly defaults?: (facts: Omit<CheckFacts<C>, 'asOf' | 'connection'>) => Partial<C>
  /** Pure checks that a schema cannot say (bands in order, holes in tiers). Run by `validate`. */
  readonly check?: (facts: CheckFacts<C>) => readonly Problem[]
}

export interface CheckFacts<C> {
  readonly config: C
  /** Columns of the first input. */
  readonly columns: readonly Column[]
  readonly inputs: Readonly<Record<string, readonly Column[]>>
  readonly asOf: string
  /** The stage's connection as it is configured, with `${secret:x}` in place; undefined where it names none. */
  readonly connection?: ConnectionRef | undefined
}
