import type { Column, Sql } from '@sillage/sql'

/** Published versions, as analysts open them: files of DuckDB on every engine. */
export interface Marts {
  /** Makes a version and points the link at it. Gives the link's path. Throws `mart_occupied`. */
  publish(order: PublishOrder): Promise<string>
  /** How the tables differ from those of a version; without one, from nothing. */
  compare(tables: readonly MartTable[], version: string | undefined): Promise<readonly MartDifference[]>
  /** True where a version holds exactly the rows of the relations now, in whatever order. */
  areSame(tables: readonly MartTable[], version: string): Promise<boolean>
  /** False where the file of a version is damaged so that nobody can open it. */
  isReadable(version: string): Promise<boolean>
}

/** A table of the mart: what it is read from and what it says of itself. */
export interface MartTable {
  readonly name: string
  readonly relation: Sql
  readonly columns: readonly Column[]
  readonly comment: string | undefined
  /** By which a row is the same row in another version; the whole row where there is none. */
  readonly key: readonly string[]
}

/** A table of a mart's schema `sillage`: a value a cell, in the order of the columns. */
export interface AboutTable {
  readonly name: string
  readonly columns: readonly Column[]
  readonly rows: readonly (readonly AboutValue[])[]
  readonly comment?: string
}

/** Dates as ISO text, cast to the column's type. */
export type AboutValue = string | number | boolean | Date | null | readonly string[]

export interface PublishOrder {
  /** Absolute folder of the marts. */
  readonly folder: string
  readonly pipeline: string
  readonly run: string
  readonly tables: readonly MartTable[]
  readonly about: readonly AboutTable[]
  readonly keep: number
  /** Runs whose file was never linked: they go, and do not count towards `keep`. */
  readonly orphans?: ReadonlySet<string>
}

export interface MartDifference {
  readonly table: string
  readonly rows: number
  readonly published: number
  readonly enter: number
  readonly leave: number
}
