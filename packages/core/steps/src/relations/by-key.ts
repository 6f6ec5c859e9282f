import { type Sql, sql } from '@sillage/sdk'
import type { Session } from '@sillage/sql'

/** A select of a relation in the order of a key; rows of one value in the order in which they came. */
export function sortedByKey(input: string, key: readonly string[]): string {
  return `select * exclude (_came) from (select *, row_number() over () as _came from ${input})\norder by ${listOf(key).text}, _came`
}

/**
 * How many rows each batch of a table has that is sorted by a key: at least `least`, but for the last one, and no value of the key is in two of
 * them.
 */
export async function batchSizes(
  session: Session,
  table: string,
  { key, least }: { readonly key: readonly string[]; readonly least: number },
): Promise<readonly number[]> {
  const groups = `select min(rowid) as "at" from ${table} group by ${listOf(key).text}`
  const found = await session.rows<{ first: number }>(
    `select min("at") as first from (${groups}) group by "at" // ${least} order by first`,
  )
  const { n } = await session.row<{ n: number }>(`select count(*) as n from ${table}`)
  return found.map(({ first }, index) => (found[index + 1]?.first ?? n) - first)
}

function listOf(key: readonly string[]): Sql {
  return sql.join(key.map((name) => sql.id(name)))
}
