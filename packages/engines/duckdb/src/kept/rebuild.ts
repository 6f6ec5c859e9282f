import { existsSync, rmSync } from 'node:fs'
import { takeName } from '@sillage/base'
import {
  openLedger,
  type RebuildOrder,
  type Rebuilt,
  type RebuiltTable,
  rowsRemoved,
  stageOfSchema,
  tableColumns,
  tablesOf,
} from '@sillage/ledger'
import { sql } from '@sillage/sdk'
import type { Database, Session } from '@sillage/sql'

/**
 * Writes the working database anew without some rows, into another file, and lets it take the name while the old one is held. What the
 * ledger says of steps is left out: the next run computes each of them again. Returns the tables, and the views that could not be made.
 */
export async function rebuild(
  { path }: Pick<Database, 'path'>,
  session: Session,
  { removal, heldIn, cache }: RebuildOrder,
): Promise<Rebuilt> {
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
      if (schema === cache || stageOfSchema(schema) !== undefined) continue
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
        if (kept !== '')
          tables.push({
            file: path,
            table: `${schema}.${table}`,
            how: 'key',
            rows: await rowsRemoved(session, { schema, table, from }),
          })
        continue
      }
      await session.run(`create schema if not exists ${sql.id(schema).text}`)
      const { where, how } = removal(table, own, schema)
      await session.run(
        `create table ${sql.id(schema, table).text} as select * from ${from}${where ? ` where not (${where.text})` : ''}`,
      )
      tables.push({
        file: path,
        table: `${schema}.${table}`,
        how,
        rows: await rowsRemoved(session, { schema, table, from }),
      })
    }
    views = await copyViews(session, catalog)
    await session.run('checkpoint rebuilt')
  } finally {
    await session.run(`use ${sql.id(catalog).text}`)
    await session.run('detach rebuilt')
  }
  if (existsSync(`${next}.wal`)) throw new Error(`${next}.wal was left behind`)
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

function remove(path: string): void {
  rmSync(path, { force: true })
  rmSync(`${path}.wal`, { force: true })
}
