import type { OpenDatabase, Session } from '@sillage/sql'

/** The engine comes after this package: a test looks it up by name, since it cannot be built with it. */
const engine = '@sillage/duckdb/engine'

/** Does something with a session of DuckDB, in memory. */
export async function withSession<T>(work: (session: Session) => Promise<T>): Promise<T> {
  const { duckdbEngine } = (await import(engine)) as {
    readonly duckdbEngine: { readonly openDatabase: OpenDatabase }
  }
  await using database = await duckdbEngine.openDatabase({ path: ':memory:', threads: 1 })
  using session = await database.session()
  await session.run('create schema step')
  return await work(session)
}
