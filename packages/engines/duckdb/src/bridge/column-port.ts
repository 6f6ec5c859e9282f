import type duckdb from '@duckdb/node-bindings'
import type { Data } from 'apache-arrow'
import type { Slice } from './validity-reader.ts'

/** Gathers the vectors of one column into Arrow columns. */
export interface ColumnReader {
  append(slice: Slice): void
  /** The column of the rows so far; starts anew. */
  take(rows: number): Data
}

/** Writes rows `[from, from + rows)` of one Arrow column to the first rows of a vector. */
export type ColumnWriter = (vector: duckdb.Vector, from: number, rows: number) => void
