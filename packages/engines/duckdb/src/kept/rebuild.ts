import { chmodSync, existsSync, renameSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'
import { syncPath } from '@sillage/base'
import { deliverSchema } from '@sillage/deliver'
import { openLedger, stageOfSchema } from '@sillage/ledger'
import { type Sql, sql } from '@sillage/sdk'
import type { OpenDatabase, Session } from '@sillage/sql'
import { type Removal, type TableColumn, tableColumns } from './removal.ts'

/** What became of a table. */
export interface RebuiltTable {
  readonly file: string
  readonly table: string
  readonly how: Removal['how']
  readonly rows: number
}

type FindRemoval = (table: string, columns: readonly TableColumn[], schema: string) => Removal

/**
 * Writes the working database anew without some rows, into another file, and lets it take the name while the old one is held. What the
 * ledger says of steps is left out: the next run computes each of them again. Returns the tables, and the views that could not be made.
 */
export async function rebuildWorking({
  session,
  path,
  removal,
  heldIn,
}: {
  readonly session: Session
  readonly path: string
  readonly removal: FindRemoval
  /** The condition under which a refused row, as it came, is the person's. */
  readonly heldIn: (raw: Sql) => Sql
}): Promise<{ readonly tables: readonly RebuiltTable[]; readonly views: readonly string[] }> {
  const next = `${path}.forgetting`
  remove(next)
  await session.run('checkpoint')
  // Closing the old file must not touch the log of the new one, which another process may have opened by then.
  await session.run('pragma disable_checkpoint_on_shutdown')
  const { catalog } = await session.row<{ catalog: string }>('select current_database() as catalog')
  await session.run(`attach ${sql.literal(next).text} as rebuilt`)
  const tables: RebuiltTable[] = []
  let views: readonly string[] = []
  try {
    await session.run('use rebuilt')
    await openLedger(session)
    for (const { schema, table } of await tablesOf(session, catalog)) {
      const own = await tableColumns(session, { catalog, schema, table })
      const from = sql.id(catalog, schema, table).text
      if (schema === deliverSchema || stageOfSchema(schema) !== undefined) continue
      if (schema === 'sillage') {
        if (forgottenLedger.has(table)) continue
        const kept = own.some(({ name }) => name === 'raw')
          ? ` where not (${heldIn(sql.id('raw')).text})`
          : ''
        const known = await tableColumns(session, { catalog: 'rebuilt', schema, table })
        const into = known.length > 0 ? 'insert into' : 'create table'
        await session.run(
          `${into} ${sql.id(schema, table).text} ${known.length > 0 ? 'by name' : 'as'} select * from ${from}${kept}`,
        )
        if (kept !== '') tables.push(await removed(session, { file: path, schema, table, from, how: 'key' }))
        continue
      }
      await session.run(`create schema if not exists ${sql.id(schema).text}`)
      const { where, how } = removal(table, own, schema)
      await session.run(
        `create table ${sql.id(schema, table).text} as select * from ${from}${where ? ` where not (${where.text})` : ''}`,
      )
      tables.push(await removed(session, { file: path, schema, table, from, how }))
    }
    views = await copyViews(session, catalog)
    await session.run('checkpoint rebuilt')
  } finally {
    await session.run(`use ${sql.id(catalog).text}`)
    await session.run('detach rebuilt')
  }
  takeName(next, path)
  return { tables, views }
}

/** Tables of the ledger that say what steps left: positions of rows and counts hold no more. */
const forgottenLedger: ReadonlySet<string> = new Set([
  'version',
  'current',
  'parts',
  'segments',
  'delivery_caches',
])

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
    const told = await removed(session, { file: path, schema, table, from, how })
    tables.push(told)
    gone += told.rows
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
    takeName(next, path)
  }
  return tables
}

interface NamedTable {
  readonly schema: string
  readonly table: string
  readonly comment: string | null
}

async function tablesOf(session: Session, catalog: string): Promise<readonly NamedTable[]> {
  const rows = await session.rows(
    sql`select schema_name as schema, table_name as "table", comment from duckdb_tables() where database_name = ${catalog} order by all`
      .text,
  )
  return rows as unknown as readonly NamedTable[]
}

async function removed(
  session: Session,
  {
    file,
    schema,
    table,
    from,
    how,
  }: {
    readonly file: string
    readonly schema: string
    readonly table: string
    readonly from: string
    readonly how: Removal['how']
  },
): Promise<RebuiltTable> {
  const { rows } = await session.row<{ rows: number }>(
    `select (select count(*) from ${from}) - (select count(*) from ${sql.id(schema, table).text}) as rows`,
  )
  return { file, table: `${schema}.${table}`, how, rows }
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

/** Views read one another and files: made in rounds until none can be made any more. Returns the names of those. */
async function copyViews(session: Session, catalog: string): Promise<readonly string[]> {
  let left = await session.rows<{ schema: string; name: string; text: string }>(
    sql`select schema_name as schema, view_name as name, sql as text from duckdb_views() where not internal and database_name = ${catalog}`
      .text,
  )
  for (let before = left.length + 1; left.length > 0 && left.length < before; ) {
    before = left.length
    const failed: (typeof left)[number][] = []
    for (const view of left) {
      await session.run(`create schema if not exists ${sql.id(view.schema).text}`)
      await session.run(view.text).catch(() => failed.push(view))
    }
    left = failed
  }
  return left.map(({ schema, name }) => `${schema}.${name}`)
}

function takeName(next: string, path: string): void {
  if (existsSync(`${next}.wal`)) throw new Error(`${next}.wal was left behind`)
  syncPath(next)
  renameSync(next, path)
  syncPath(dirname(path))
}

function remove(path: string): void {
  rmSync(path, { force: true })
  rmSync(`${path}.wal`, { force: true })
}
