import { type Column, sql } from '@sillage/sdk'
import type { Session } from '@sillage/sql'

/** A table of a version, with what the version's schema `sillage` says of its columns. */
export interface TableShape {
  readonly name: string
  readonly columns: readonly Column[]
  /** Columns that identify a row; none where the mart has no key, or the version is older than keys in marts. */
  readonly key: readonly string[]
  readonly segments: readonly string[]
  readonly scores: readonly string[]
}

/** The tables of an attached version, by name, columns in order. */
export async function martShape(session: Session, alias: string): Promise<ReadonlyMap<string, TableShape>> {
  const columns = await session.rows<{ table_name: string; name: string; type: string }>(
    sql`select table_name, column_name as name, data_type as type from duckdb_columns() where database_name = ${alias} and schema_name = 'main' order by table_name, column_index`
      .text,
  )
  const notes = await columnNotes(session, alias)
  const names = [...new Set(columns.map(({ table_name }) => table_name))]
  return new Map(
    names.map((table) => {
      const noted = (holds: (note: ColumnNote) => boolean): readonly string[] =>
        notes.filter((note) => note.table_name === table && holds(note)).map((note) => note.column_name)
      return [
        table,
        {
          name: table,
          columns: columns
            .filter(({ table_name }) => table_name === table)
            .map(({ name, type }) => ({ name, type })),
          key: noted(({ key }) => key === true),
          segments: noted(({ role }) => role === 'segment'),
          scores: noted(({ role }) => role === 'score'),
        },
      ]
    }),
  )
}

type ColumnNote = {
  readonly table_name: string
  readonly column_name: string
  readonly key: boolean | null
  readonly role: string | null
}

/** Versions of an older Sillage say nothing of keys and roles. */
async function columnNotes(session: Session, alias: string): Promise<readonly ColumnNote[]> {
  const known = await session.rows<{ name: string }>(
    sql`select column_name as name from duckdb_columns() where database_name = ${alias} and schema_name = 'sillage' and table_name = 'columns' and column_name in ('key', 'role')`
      .text,
  )
  if (known.length < 2) return []
  return await session.rows<ColumnNote>(
    `select table_name, column_name, "key", role from ${sql.id(alias, 'sillage', 'columns').text}`,
  )
}
