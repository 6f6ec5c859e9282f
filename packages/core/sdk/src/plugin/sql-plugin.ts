import type { Column, Sql, SqlTag } from '@sillage/sql'
import type { Meaning } from '../meaning.ts'
import type { CheckFacts, Common, Incremental, RejectRule, Rows } from './common.ts'
import type { CountedWarning } from './warning.ts'

/** The reserved columns with the provenance of a row: its file, and its line or row from 1. */
export const placeColumns = ['_file', '_line'] as const

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
  /** True if the first input carries `_file` and `_line`; `columns` never lists reserved columns. */
  readonly provenance: boolean
  /**
   * True if the output rows must carry `_file` and `_line` of the first input, because a later step refuses rows. Only for a plugin with
   * `carries`, and only if `provenance` is true.
   */
  readonly carries: boolean
}

/**
 * What a SQL plugin compiles to. `select` may carry the reserved columns `_reject` (0, or a bit per rule of `rejects`), `_raw`
 * (text of the refused row; null for accepted rows), `_rows` (size of the group).
 */
export interface SqlStep {
  readonly select: Sql
  readonly rejects?: readonly RejectRule[]
  /** What the step guesses or leaves null; the step is then a table, so that its rows can be counted. */
  readonly warnings?: readonly CountedWarning[]
  /** Statements of the further outputs, by name; they may read the step's own accepted rows as `self`. */
  readonly outputs?: (self: Sql) => Readonly<Record<string, Sql>>
  /** What DuckDB types cannot say about the new columns, by name: comments, personal data, meanings. */
  readonly notes?: Readonly<
    Record<
      string,
      Pick<Column, 'comment' | 'personal'> & {
        readonly meaning?: Meaning
        /** All texts that the column may hold, or the items of its lists: what labels are held to. */
        readonly values?: readonly string[]
      }
    >
  >
}

export interface SqlPlugin<C = unknown> extends Common<C> {
  readonly style: 'sql'
  readonly rows: Rows | ((config: C) => Rows)
  /**
   * What an output row depends on: one row of the first input (`by_row`), its rows with the same key (`by_key`), or all its rows (`whole`).
   * Other inputs may be read as well; if one of them changes, the step runs whole.
   */
  readonly incremental: Incremental | ((config: C) => Incremental)
  /** For `by_key`: columns of the first input that keep their names, with each value in one output row. */
  readonly key?: (config: C) => readonly string[]
  /** True if the step may refuse rows: its input is then asked for `_file` and `_line`. */
  readonly refuses?: boolean | ((config: C) => boolean)
  /** True if its select passes on `_file` and `_line` of the first input when `facts.carries` is true. */
  readonly carries?: boolean
  /** Names of further outputs, with what each is. */
  readonly outputs?: Readonly<Record<string, string>>
  readonly sql: (facts: SqlFacts<C>) => Sql | SqlStep
}

/** A step compiled to SQL: fused with its neighbours and run by the engine. The normal case. */
export function defineSql<C>(plugin: Omit<SqlPlugin<C>, 'style'>): SqlPlugin<C> {
  return Object.freeze({ style: 'sql', ...plugin })
}
