import { SillageError } from '@sillage/base'
import type { Session } from '@sillage/duckdb'
import { type Column, sql } from '@sillage/sql'

export interface MartColumn extends Column {
  readonly key: boolean
}

export interface MartTable {
  readonly name: string
  readonly columns: readonly MartColumn[]
}

/** What a published version says of itself. */
export interface Mart {
  readonly session: Session
  readonly pipeline: string
  readonly run: string
  readonly description: string | undefined
  readonly asOf: string | null
  readonly publishedAt: string
  /** In the order of the pipeline. */
  readonly tables: readonly MartTable[]
}

/** Reads the schema `sillage` of an opened version. Throws `mart_too_old` where it does not say what its columns mean. */
export async function openMart(session: Session): Promise<Mart> {
  const known = await session.rows<{ name: string }>(
    `select table_name || '.' || column_name as name from duckdb_columns() where schema_name = 'sillage' and not internal`,
  )
  const names = new Set(known.map(({ name }) => name))
  if (!names.has('columns.meaning') || !names.has('marts.stage')) throw martTooOld()
  const about = await session.row<{
    run: string
    pipeline: string
    description: string | null
    as_of: string | null
    published_at: string
  }>('select run, pipeline, description, as_of, published_at from sillage.runs')
  const marts = await session.rows<{ name: string }>(
    'select table_name as name from sillage.marts order by rowid',
  )
  const columns = await session.rows<{
    table: string
    name: string
    type: string
    personal: boolean
    key: boolean
    meaning: string | null
  }>(
    sql`select table_name as ${sql.id('table')}, column_name as name, type, personal, ${sql.id('key')}, meaning from sillage.columns order by rowid`
      .text,
  )
  return {
    session,
    pipeline: about.pipeline,
    run: about.run,
    description: about.description ?? undefined,
    asOf: about.as_of,
    publishedAt: about.published_at,
    tables: marts.map(({ name }) => ({
      name,
      columns: columns
        .filter(({ table }) => table === name)
        .map(({ name, type, personal, key, meaning }) => ({
          name,
          type,
          personal,
          key,
          ...(meaning === null ? {} : { meaning }),
        })),
    })),
  }
}

export function meaningOf(table: MartTable | undefined, meaning: string): MartColumn | undefined {
  return table?.columns.find((column) => column.meaning === meaning)
}

function martTooOld(): SillageError {
  return new SillageError({
    code: 'mart_too_old',
    message: 'This version of the mart does not say what its columns mean',
    hint: 'it was published by an older Sillage: `sillage run` publishes one that does',
  })
}
