import { referenceSql } from '@sillage/plan'
import type { MadeSteps } from '@sillage/run'
import { type Sql, sql } from '@sillage/sdk'
import type { Session } from '@sillage/sql'
import type { HistoryDate, HistoryTable } from './history-date.ts'
import { historyTables } from './history-store.ts'

/** Puts the rows of a date into the history in place of those that it had, in one commit. Other dates stay. Gives the rows of each table. */
export async function keepHistory(
  { asOf, tables, fingerprint }: HistoryDate,
  { working: { session }, steps, id: run }: MadeSteps,
  now: Date,
): Promise<Readonly<Record<string, number>>> {
  const kept: Record<string, number> = {}
  await session.transaction(async () => {
    const known = await historyTables(session)
    for (const [name] of known)
      await session.run(sql`delete from ${historyTable(name)} where as_of = ${sql.date(asOf)}`.text)
    for (const table of tables) {
      const columns = sql.join(table.columns.map(({ name }) => sql.id(name)))
      const rows = sql`select ${sql.date(asOf)} as as_of, ${columns} from ${referenceSql(table.from, steps)}`
      await append(session, { table, known: known.get(table.name), rows })
      const { n } = await session.row<{ n: number }>(
        sql`select count(*) as n from ${historyTable(table.name)} where as_of = ${sql.date(asOf)}`.text,
      )
      kept[table.name] = n
    }
    await session.run(sql`delete from sillage.history where as_of = ${sql.date(asOf)}`.text)
    await session.run(
      sql`insert into sillage.history values (${sql.date(asOf)}, ${fingerprint}, ${run}, ${now})`.text,
    )
  })
  return kept
}

export function historyTable(name: string): Sql {
  return sql.id('history', name)
}

/** Where the columns are others than those of earlier dates, the table gets both: null where a date has none. */
async function append(
  session: Session,
  {
    table,
    known,
    rows,
  }: {
    readonly table: HistoryTable
    readonly known: readonly { readonly name: string; readonly type: string }[] | undefined
    readonly rows: Sql
  },
): Promise<void> {
  const target = historyTable(table.name)
  if (known === undefined) return await session.run(sql`create table ${target} as ${rows}`.text)
  const same = table.columns.every(({ name, type }) =>
    known.some((column) => column.name === name && column.type === type),
  )
  await session.run(
    same
      ? sql`insert into ${target} by name ${rows}`.text
      : sql`create or replace table ${target} as select * from ${target} union all by name ${rows}`.text,
  )
}
