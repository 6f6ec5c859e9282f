import { type Sql, sql } from '@sillage/sql'
import { isHidden } from '../../cell.ts'
import { askTable } from '../../mart/ask-table.ts'
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
  for (const side of await sidesOf(facts, events.table))
    blocks.push(...(await sideByMonth(facts, events, side)))
  return blocks.length === 0 ? [] : [...blocks, { kind: 'prose', text: facts.words.dashboard.eventsNote }]
}

async function eventsOf({ mart, main, labels }: SectionFacts): Promise<Events | undefined> {
  const table = mart.tables.find((one) => meaningOf(one, 'event_at') && meaningOf(one, 'event_kind'))
  const customer = table && customerOf(table, main)
  if (!table || !customer) return undefined
  const common = (meaning: string, most: number): Promise<readonly Kind[]> =>
    commonValues({ mart, labels }, { table, meaning, most })
  return {
    table,
    at: sql.id(meaningOf(table, 'event_at')!.name),
    customer: sql.id(customer.name),
    kinds: await common('event_kind', mostEventKinds),
    interests: await common('interest', mostInterests),
  }
}

async function sideByMonth(
  facts: SectionFacts,
  events: Events,
  side: Awaited<ReturnType<typeof sidesOf>>[number],
): Promise<readonly Block[]> {
  const { words } = facts
  const { kinds, interests } = events
  const caption = words.dashboard.events(side.name)
  const months = await monthly(facts, events, { counted: kinds, where: side.holds, caption, split: false })
  if (months.rows.length === 0) return []
  const categories = monthsBetween(String(months.rows[0]![0]), String(months.rows.at(-1)![0]))
  const said = sql.join(
    interests.map(({ holds }) => holds),
    ' or ',
  )
  const interest =
    interests.length === 0
      ? undefined
      : await monthly(facts, events, {
          counted: interests,
          where: sql`${side.holds} and (${said})`,
          caption: words.dashboard.interestByMonth(side.name),
          split: true,
        })
  return [
    {
      kind: 'chart',
      title: caption,
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
    {
      ...(await monthly(facts, events, { counted: kinds, where: side.holds, caption, split: true })),
      folded: true,
    },
    ...(interest && interest.rows.length > 0 ? [interest] : []),
  ]
}

/** People by month, and by activity where the table is `split` and a column means one. */
async function monthly(
  { mart, words, labels, minGroup, disclosure }: SectionFacts,
  { table, at, customer }: Events,
  {
    counted,
    where,
    caption,
    split,
  }: {
    readonly counted: readonly Kind[]
    readonly where: Sql
    readonly caption: string
    readonly split: boolean
  },
) {
  const activity = split ? meaningOf(table, 'activity') : undefined
  const names = counted.map((_, index) => `count_${index}`)
  const people = counted.map(
    ({ holds }, index) =>
      sql`count(distinct ${customer}) filter (where ${holds}) as ${sql.id(names[index]!)}`,
  )
  const by = sql.trusted(activity ? '1, 2' : '1')
  return await askTable({
    session: mart.session,
    select: (more) => sql`
      select
        ${sql.lines([
          sql`strftime(date_trunc('month', ${at}), '%Y-%m') as month`,
          ...(activity ? [sql`coalesce(cast(${sql.id(activity.name)} as varchar), '–') as activity`] : []),
          ...people,
        ])}${more()}
      from ${sql.id('main', table.name)}
      where ${where} and ${inLastMonths(table, at)}
      group by ${by}
      order by ${by}
    `,
    caption,
    minGroup,
    disclosure,
    counted: counted.map(({ holds }, index) => ({
      people: names[index]!,
      space: 'people',
      unit: sql`cast(${customer} as varchar)`,
      where: holds,
    })),
    totals: { rows: false, ...(activity ? { rowsBy: ['month'] } : {}) },
    columns: [
      { name: 'month', title: words.dashboard.month, format: 'text' },
      ...(activity
        ? [
            {
              name: 'activity',
              title: labels.column(activity.name),
              format: 'text' as const,
              label: (value: string) => labels.value(activity.name, value),
            },
          ]
        : []),
      ...counted.map(({ name: title }, index) => {
        const name = names[index]!
        return { name, title, format: 'count' as const, people: name }
      }),
    ],
  })
}
