import type { DuckDBResult } from '@duckdb/node-api'
import type { Column } from '@sillage/sql'

/** The columns of a result, with types as DuckDB prints them. */
export function columnsOf(result: DuckDBResult): readonly Column[] {
  return result.columnTypes().map((type, index) => ({
    name: result.columnName(index),
    type: type.alias === 'JSON' ? 'JSON' : String(type),
  }))
}
