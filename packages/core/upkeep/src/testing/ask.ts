import { Database } from '@sillage/duckdb'
import type { JsonRow, Session } from '@sillage/sql'

/** Does something with a session of a database: in memory, or of a file. */
export async function withSession<T>(work: (session: Session) => Promise<T>, path = ':memory:'): Promise<T> {
  await using database = await Database.open({ path })
  using session = await database.session()
  return await work(session)
}

/** Runs statements on a database in memory, or in a file, and gives the rows of the last. */
export async function ask(statements: readonly string[], path?: string): Promise<readonly JsonRow[]> {
  return await withSession(async (session) => {
    for (const statement of statements.slice(0, -1)) await session.run(statement)
    return await session.rows(statements.at(-1)!)
  }, path)
}
