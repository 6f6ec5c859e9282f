import { chmodSync, existsSync, rmSync } from 'node:fs'
import { takeName } from '@sillage/base'
import { type FindRemoval, type RebuiltTable, rowsRemoved, tableColumns, tablesOf } from '@sillage/ledger'
import { sql } from '@sillage/sdk'
import type { OpenDatabase, Session } from '@sillage/sql'

/** Writes a published version anew without some rows, with its comments, under the same name and read-only. */
export async function rebuildMart({
  path,
  removal,
  note,
  openDatabase,
}: {
  readonly openDatabase: OpenDatabase
  readonly path: string
  readonly removal: FindRemoval
  /** What the new file says of itself, in `sillage.forgotten`. */
  readonly note: { readonly receipt: string; readonly at: string }
}): Promise<readonly RebuiltTable[]> {
  const next = `${path}.forgetting`
  remove(next)
  await using database = await openDatabase({ path: ':memory:' })
  using session = await database.session()
  await session.run(`attach ${sql.literal(path).text} as published (read_only)`)
  await session.run(`attach ${sql.literal(next).text} as rebuilt`)
  const catalog = 'published'
  const tables: RebuiltTable[] = []
  let gone = 0
  await session.run('use rebuilt')
  for (const { schema, table, comment } of await tablesOf(session, catalog)) {
    await session.run(`create schema if not exists ${sql.id(schema).text}`)
    const own = await tableColumns(session, { catalog, schema, table })
    const from = sql.id(catalog, schema, table).text
    const { where, how } =
      schema === 'main' ? removal(table, own, schema) : { where: undefined, how: 'none' as const }
    await session.run(
      `create table ${sql.id(schema, table).text} as select * from ${from}${where ? ` where not (${where.text})` : ''}`,
    )
    if (comment) await session.run(sql`comment on table ${sql.id(schema, table)} is ${comment}`.text)
    await copyComments(session, { catalog, schema, table })
    if (schema !== 'main') continue
    const rows = await rowsRemoved(session, { schema, table, from })
    tables.push({ file: path, table: `${schema}.${table}`, how, rows })
    gone += rows
  }
  if (gone > 0) {
    await session.run('create schema if not exists sillage')
    await session.run(
      'create table if not exists sillage.forgotten (receipt varchar, "at" timestamp, rows bigint)',
    )
    await session.run(
      sql`insert into sillage.forgotten values (${note.receipt}, ${note.at}::timestamp, ${gone})`.text,
    )
  }
  await session.run('checkpoint rebuilt')
  await session.run('use memory')
  await session.run('detach rebuilt')
  await session.run('detach published')
  if (gone === 0) remove(next)
  else {
    chmodSync(next, 0o444)
    if (existsSync(`${next}.wal`)) throw new Error(`${next}.wal was left behind`)
    takeName(next, path)
  }
  return tables
}

async function copyComments(
  session: Session,
  { catalog, schema, table }: { readonly catalog: string; readonly schema: string; readonly table: string },
): Promise<void> {
  const noted = await session.rows<{ name: string; comment: string }>(
    sql`select column_name as name, comment from duckdb_columns() where database_name = ${catalog} and schema_name = ${schema} and table_name = ${table} and comment is not null`
      .text,
  )
  for (const { name, comment } of noted)
    await session.run(sql`comment on column ${sql.id(schema, table, name)} is ${comment}`.text)
}

function remove(path: string): void {
  rmSync(path, { force: true })
  rmSync(`${path}.wal`, { force: true })
}
