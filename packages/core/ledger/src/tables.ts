import { type Session, sql } from '@sillage/sql'
import type { KeptRelation, TableColumn } from './kept.ts'

/** A table of a file of DuckDB. */
export interface NamedTable {
  readonly schema: string
  readonly table: string
  readonly comment: string | null
}

export async function tablesOf(session: Session, catalog: string): Promise<readonly NamedTable[]> {
  const rows = await session.rows(
    sql`select schema_name as schema, table_name as "table", comment from duckdb_tables() where database_name = ${catalog} order by all`
      .text,
  )
  return rows as unknown as readonly NamedTable[]
}

export async function tableColumns(
  session: Session,
  { catalog, schema, table }: { readonly catalog: string; readonly schema: string; readonly table: string },
): Promise<readonly TableColumn[]> {
  return await session.rows<{ name: string; type: string }>(
    sql`select column_name as name, data_type as type from duckdb_columns() where database_name = ${catalog} and schema_name = ${schema} and table_name = ${table} order by column_index`
      .text,
  )
}

/** How many of the rows of a relation a table lacks that was made of it. */
export async function rowsRemoved(
  session: Session,
  { schema, table, from }: { readonly schema: string; readonly table: string; readonly from: string },
): Promise<number> {
  const { rows } = await session.row<{ rows: number }>(
    `select (select count(*) from ${from}) - (select count(*) from ${sql.id(schema, table).text}) as rows`,
  )
  return rows
}

/** The relations of a plan in a database that a session reads: its views. Tables of steps, of the ledger and of programs stand behind them. */
export async function keptRelations(session: Session): Promise<readonly KeptRelation[]> {
  return await session.rows<{ schema: string; name: string; columns: readonly string[] }>(
    `select schema_name as schema, table_name as name, list(column_name order by column_index) as columns
from duckdb_columns() semi join (select schema_name, view_name as table_name from duckdb_views() where not internal) using (schema_name, table_name)
where database_name = current_database() and schema_name <> 'step'
group by all order by all`,
  )
}
