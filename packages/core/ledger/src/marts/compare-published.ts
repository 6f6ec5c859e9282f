import { type Session, sql } from '@sillage/sql'
import type { MartDifference, MartTable } from './port.ts'
import { attachVersion } from './versions.ts'

const alias = 'published'

/** How the tables differ from those of a version, by their keys; without one, from nothing. */
export async function comparePublished(
  session: Session,
  tables: readonly MartTable[],
  version: string | undefined,
): Promise<readonly MartDifference[]> {
  if (version) await attachVersion(session, { file: version, alias })
  try {
    const found: MartDifference[] = []
    for (const table of tables) found.push(await compare(session, table, version !== undefined))
    return found
  } finally {
    if (version) await session.run(`detach ${alias}`)
  }
}

async function compare(
  session: Session,
  { name, relation, columns, key }: MartTable,
  attached: boolean,
): Promise<MartDifference> {
  const count = async (select: string): Promise<number> =>
    (await session.row<{ n: number }>(`select count(*) as n from (${select})`)).n
  const now = relation.text
  const old = sql.id(alias, 'main', name).text
  const by = sql.join(
    (key.length > 0 ? key : columns.map((column) => column.name)).map((one) => sql.id(one)),
  ).text
  const rows = await count(`select 1 from ${now}`)
  const known =
    attached &&
    (await count(
      `select 1 from duckdb_tables() where database_name = '${alias}' and schema_name = 'main' and table_name = ${sql.literal(name).text}`,
    )) > 0
  if (!known) return { table: name, rows, published: 0, enter: rows, leave: 0 }
  return {
    table: name,
    rows,
    published: await count(`select 1 from ${old}`),
    enter: await count(`select ${by} from ${now} except select ${by} from ${old}`),
    leave: await count(`select ${by} from ${old} except select ${by} from ${now}`),
  }
}
