import type { Column, Sql, SqlTag } from '@sillage/sql'
import type { Meaning } from '../meaning.ts'
import type { CheckFacts, Common, Incremental, RejectRule, Rows } from './common.ts'
import type { CountedWarning } from './warning.ts'

/** The reserved columns that say where a row stands in what was read: its file, and its line or row from 1. */
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
  /** True where the first input carries `_file` and `_line`; `columns` never lists reserved columns. */
  readonly provenance: boolean
  /**
   * True where the rows that leave are to carry `_file` and `_line` of the first input, since a step behind refuses rows: of a plugin that
   * says `carries`, and only where `provenance` is true.
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
  /** What the step guesses or leaves null; it is a table then, so that its rows can be counted. */
  readonly warnings?: readonly CountedWarning[]
  /** Statements of the further outputs, by name; they may read the step's own accepted rows as `self`. */
  readonly outputs?: (self: Sql) => Readonly<Record<string, Sql>>
  /** What the types of DuckDB cannot say of the columns made, by name: comments, personal data, what they mean. */
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
   * What a row that leaves depends on: one row of the first input (`by_row`), the rows of it with the same key (`by_key`), or all (`whole`);
   * other inputs may be read as well, and a change of theirs makes the step run whole.
   */
  readonly incremental: Incremental | ((config: C) => Incremental)
  /** For `by_key`: columns of the first input that leave under their names, and of which the rows that leave have each value once. */
  readonly key?: (config: C) => readonly string[]
  /** True where the step may refuse rows: what it reads is then asked for `_file` and `_line`. */
  readonly refuses?: boolean | ((config: C) => boolean)
  /** True where its select gives `_file` and `_line` of the first input on when `facts.carries` asks for them. */
  readonly carries?: boolean
  /** Names of further outputs, with what each is. */
  readonly outputs?: Readonly<Record<string, string>>
  readonly sql: (facts: SqlFacts<C>) => Sql | SqlStep
}

/** A step compiled to SQL: fused with its neighbours and pushed down. The normal case. */
export function defineSql<C>(plugin: Omit<SqlPlugin<C>, 'style'>): SqlPlugin<C> {
  return Object.freeze({ style: 'sql', ...plugin })
}
