import { type Session, type Sql, sql } from '@sillage/sql'
import type { MartTable } from './port.ts'
import { attachVersion } from './versions.ts'

const alias = 'shown'

/** True where the tables of a version hold exactly the rows of their relations now, in whatever order. */
export async function haveSameRows(
  session: Session,
  { version, tables }: { readonly version: string; readonly tables: readonly MartTable[] },
): Promise<boolean> {
  await attachVersion(session, { file: version, alias })
  try {
    for (const { name, relation, columns } of tables) {
      const list = sql.join(columns.map((column) => sql.id(column.name)))
      const now = await summaryOf(session, sql`select ${list} from ${relation}`)
      const then = await summaryOf(session, sql`select ${list} from ${sql.id(alias, 'main', name)}`)
      if (now !== then) return false
    }
    return true
  } finally {
    await session.run(`detach ${alias}`)
  }
}

/** Count of the rows, and two sums over them that no order changes. */
async function summaryOf(session: Session, select: Sql): Promise<string> {
  const row = await session.row(
    sql`select count(*) as n, cast(bit_xor(hash(r)) as varchar) as mixed, cast(sum(hash(r)) as varchar) as total from (${select}) r`
      .text,
  )
  return JSON.stringify(row)
}
