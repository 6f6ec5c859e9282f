import { type Sql, sql } from '@sillage/sql'
import { isHidden } from '../../cell.ts'
import { type AskedColumn, askTable } from '../../mart/ask-table.ts'
import { commonValues, type Kind, sidesOf } from '../../mart/kinds-of.ts'
import { type MartTable, meaningOf } from '../../mart/open-mart.ts'
import { customerOf } from '../../mart/purchases.ts'
import type { Block } from '../../report.ts'
import type { MakeSection, SectionFacts } from '../../section-facts.ts'
import { inLastMonths, monthsBetween } from './last-months.ts'

const mostEventKinds = 8
const mostInterests = 4

/** A table of what was sent, done and said. */
interface Events {
  readonly table: MartTable
  readonly at: Sql
  readonly customer: Sql
  readonly kinds: readonly Kind[]
  /** What some of the events say of the interest. */
  readonly interests: readonly Kind[]
}

/** How many people were written to, answered, were met and so on, month by month and by activity, on each side. */
export const eventsByMonth: MakeSection = async (facts) => {
  const events = await eventsOf(facts)
  if (!events) return []
  const blocks: Block[] = []
  for (const side of await sidesOf(facts.mart.session, events.table))
    blocks.push(...(await sideByMonth(facts, events, side)))
  return blocks.length === 0 ? [] : [...blocks, { kind: 'prose', text: facts.words.dashboard.eventsNote }]
}

async function eventsOf({ mart, main, words }: SectionFacts): Promise<Events | undefined> {
  const table = mart.tables.find((one) => meaningOf(one, 'event_at') && meaningOf(one, 'event_kind'))
  const customer = table && customerOf(table, main)
  if (!table || !customer) return undefined
  const common = (meaning: string, most: number): Promise<readonly Kind[]> =>
    commonValues(mart.session, { table, meaning, most })
  const interests = await common('interest', mostInterests)
  const interest = meaningOf(table, 'interest')?.name ?? ''
  return {
    table,
    at: sql.id(meaningOf(table, 'event_at')!.name),
    customer: sql.id(customer.name),
    kinds: await common('event_kind', mostEventKinds),
    interests: interests.map(({ name, holds }) => ({ name: words.colon(interest, name), holds })),
  }
}

async function sideByMonth(
  { mart, words, minGroup }: SectionFacts,
  { table, at, customer, kinds, interests }: Events,
  side: Awaited<ReturnType<typeof sidesOf>>[number],
): Promise<readonly Block[]> {
  const activity = meaningOf(table, 'activity')
  const counted = [...kinds, ...interests]
  const names = counted.map((_, index) => `count_${index}`)
  const month = sql`strftime(date_trunc('month', ${at}), '%Y-%m')`
  const name = activity && sql`coalesce(cast(${sql.id(activity.name)} as varchar), '–')`
  const people = counted.map(
    ({ holds }, index) =>
      sql`count(distinct ${customer}) filter (where ${holds}) as ${sql.id(names[index]!)}`,
  )
  const statement = (split: Sql | undefined): Sql => sql`
    select
      ${sql.lines([sql`${month} as month`, ...(split ? [sql`${split} as activity`] : []), ...people])}
    from ${sql.id('main', table.name)}
    where ${side.holds} and ${inLastMonths(table, at)}
    group by 1${sql.trusted(split ? ', 2' : '')}
    order by 1${sql.trusted(split ? ', 2' : '')}
  `
  const columns = counted.map(({ name: title }, index): AskedColumn => {
    const name = names[index]!
    return { name, title, format: 'count', people: name }
  })
  const shared = { session: mart.session, caption: words.dashboard.events(side.name), minGroup }
  const first: AskedColumn = { name: 'month', title: words.dashboard.month, format: 'text' }
  const months = await askTable({
    ...shared,
    select: statement(undefined),
    totals: { rows: false },
    columns: [first, ...columns],
  })
  if (months.rows.length === 0) return []
  const categories = monthsBetween(String(months.rows[0]![0]), String(months.rows.at(-1)![0]))
  const byActivity =
    activity &&
    (await askTable({
      ...shared,
      select: statement(name),
      totals: { rows: false, rowsBy: ['month'] },
      columns: [first, { name: 'activity', title: activity.name, format: 'text' }, ...columns],
    }))
  return [
    {
      kind: 'chart',
      title: shared.caption,
      alt: words.dashboard.eventsAlt(side.name),
      chart: {
        kind: 'bars',
        categories,
        series: kinds.map(({ name }, index) => ({
          name,
          values: categories.map((one) => {
            const cell = months.rows.find(([known]) => known === one)?.[index + 1] ?? 0
            return isHidden(cell) ? null : Number(cell)
          }),
        })),
        format: 'count',
        horizontal: false,
      },
      sql: months.sql!,
    },
    byActivity ?? months,
  ]
}
