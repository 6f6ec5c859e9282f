import type { Budget, Campaign } from '@sillage/campaign'
import type { Session } from '@sillage/duckdb'

/** The campaign that a version of the mart tells; undefined where it tells none. */
export async function publishedCampaign(session: Session): Promise<Campaign | undefined> {
  if (!(await tells(session, 'plan_tasks'))) return undefined
  const { start, holidays } = await session.row<{ start: string; holidays: readonly string[] }>(
    'select start::varchar as start, holidays::varchar[] as holidays from sillage.plan',
  )
  const tasks = await session.rows<{
    id: string
    name: string
    days: number
    after: readonly string[]
    on: string | null
  }>('select id, name, days, "after", fixed_on::varchar as "on" from sillage.plan_tasks order by rowid')
  return {
    start,
    holidays,
    tasks: Object.fromEntries(
      tasks.map(({ id, name, days, after, on }) => [
        id,
        { name, days, after, ...(on === null ? {} : { on }) },
      ]),
    ),
  }
}

/** The budget that a version of the mart tells; undefined where it tells none. */
export async function publishedBudget(session: Session): Promise<Budget | undefined> {
  if (!(await tells(session, 'budget_lines'))) return undefined
  const { currency, envelope } = await session.row<{ currency: string; envelope: string | null }>(
    'select currency, envelope::varchar as envelope from sillage.budget',
  )
  const lines = await session.rows<{ line: string; name: string; amount: string }>(
    'select line, name, amount::varchar as amount from sillage.budget_lines order by rowid',
  )
  const details = await session.rows<{ line: string; quantity: number; price: string }>(
    'select line, quantity, price::varchar as price from sillage.budget_details order by rowid',
  )
  const stated = await session.rows<{ name: string; amount: string; of: readonly string[] }>(
    'select name, amount::varchar as amount, lines as "of" from sillage.budget_stated order by rowid',
  )
  const split = await session.rows<{ part: string; percent: number }>(
    'select part, percent from sillage.budget_split order by rowid',
  )
  return {
    currency,
    ...(envelope === null ? {} : { envelope }),
    lines: Object.fromEntries(
      lines.map(({ line, name, amount }) => {
        const detail = details.filter((part) => part.line === line)
        return [line, { name, amount, ...(detail.length > 0 ? { detail } : {}) }]
      }),
    ),
    ...(stated.length > 0 ? { stated } : {}),
    split: Object.fromEntries(split.map(({ part, percent }) => [part, percent])),
  }
}

async function tells(session: Session, table: string): Promise<boolean> {
  const found = await session.rows(
    `select 1 from duckdb_tables() where schema_name = 'sillage' and table_name = '${table}' and database_name = current_database()`,
  )
  return found.length > 0
}
