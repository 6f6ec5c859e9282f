import { Database, type Session } from '@sillage/duckdb'
import { type Column, sql } from '@sillage/sql'

interface SmallTable {
  readonly columns: readonly (Column & { readonly key?: boolean })[]
  readonly rows: readonly (readonly (string | number | boolean | null)[])[]
}

/** Opens a database in memory that has tables as a mart has them, with what the schema `sillage` says of them; one stage made each. */
export async function withSmallMart<T>(
  tables: Readonly<Record<string, SmallTable>>,
  work: (session: Session) => Promise<T>,
): Promise<T> {
  await using database = await Database.open({ path: ':memory:' })
  using session = await database.session()
  for (const statement of [
    'create schema sillage',
    "create table sillage.runs as select 'r1' as run, 'small' as pipeline, null::varchar as description, date '2014-05-23' as as_of, timestamp '2014-05-23 08:00:00' as published_at, 'f' as fingerprint",
    'create table sillage.marts (table_name varchar, stage varchar, reads varchar)',
    'create table sillage.columns (table_name varchar, column_name varchar, type varchar, comment varchar, personal boolean, "key" boolean, role varchar, meaning varchar)',
    'create table sillage.steps (stage varchar, plugin varchar, action varchar, rows_in bigint, rows_out bigint, rejected bigint, merged bigint, filtered bigint, seconds double)',
    'create table sillage.lineage (stage varchar, plugin varchar, role varchar, reads varchar)',
    'create table sillage.rejects (stage varchar, code varchar, column_name varchar, message varchar, rows bigint)',
    'create table sillage.checks (stage varchar, "check" varchar, status varchar, severity varchar, found double)',
    'create table sillage.models (stage varchar, run varchar, model varchar)',
  ])
    await session.run(statement)
  for (const [name, { columns, rows }] of Object.entries(tables)) {
    const list = sql.join(columns.map((column) => sql`${sql.id(column.name)} ${sql.trusted(column.type)}`))
    await session.run(sql`create table ${sql.id(name)} (${list})`.text)
    if (rows.length > 0)
      await session.run(
        sql`insert into ${sql.id(name)} values ${sql.join(rows.map((row) => sql`(${sql.join(row.map((value) => sql.literal(value)))})`))}`
          .text,
      )
    await session.run(sql`insert into sillage.marts values (${name}, ${name}, ${name})`.text)
    await session.run(
      sql`insert into sillage.steps values (${name}, 'collect/csv', 'run', null, ${rows.length}, 0, 0, 0, 0)`
        .text,
    )
    await session.run(sql`insert into sillage.lineage values (${name}, 'collect/csv', null, null)`.text)
    for (const { name: column, type, key = false, meaning = null } of columns)
      await session.run(
        sql`insert into sillage.columns values (${name}, ${column}, ${type}, null, false, ${key}, null, ${meaning})`
          .text,
      )
  }
  return await work(session)
}
