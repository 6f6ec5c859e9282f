import { exactSum, type Sql, sql } from '@sillage/sql'
import { isHidden } from '../cell.ts'
import { type AskedColumn, askTable } from '../mart/ask-table.ts'
import { type Kind, kindsOf } from '../mart/kinds-of.ts'
import { type MartTable, meaningOf } from '../mart/open-mart.ts'
import { customerOf } from '../mart/purchases.ts'
import type { Block } from '../report.ts'
import type { MakeSection, SectionFacts } from '../section-facts.ts'
import { byActivity } from './by-activity.ts'

const months = 12

/** The last months by activity, the sales of each activity, and what is proposed to its customers. */
export const dashboard: MakeSection = async (facts) => {
  const { purchases, main } = facts
  if (!purchases || !meaningOf(purchases, 'purchase_amount') || !customerOf(purchases, main)) return []
  const kinds = await kindsOf(facts.mart.session, purchases)
  return [...(await byMonth(facts, kinds)), ...(await salesByActivity(facts)), ...(await offers(facts))]
}

async function byMonth(
  { mart, main, purchases, words, minGroup }: SectionFacts,
  kinds: readonly Kind[],
): Promise<readonly Block[]> {
  const table = purchases!
  const at = sql.id(meaningOf(table, 'purchase_at')!.name)
  const amount = meaningOf(table, 'purchase_amount')!
  const sum = exactSum(sql.id(amount.name), amount.type)
  const count = sql`count(distinct ${sql.id(customerOf(table, main)!.name)})`
  const of = kinds.map(({ name, holds }, index) => ({
    index,
    name,
    sales: exactSum(sql`case when ${holds} then ${sql.id(amount.name)} end`, amount.type),
    people: sql`${count} filter (where ${holds})`,
  }))
  const select = sql`
    select
      ${sql.lines([
        sql`strftime(date_trunc('month', ${at}), '%Y-%m') as month`,
        sql`${purchaseCount(table)} as purchases`,
        sql`${count} as people`,
        sql`${sum} as total`,
        ...of.map(({ index, sales }) => sql`${sales} as ${sql.id(`sales_${index}`)}`),
        ...of.map(({ index, people }) => sql`${people} as ${sql.id(`people_${index}`)}`),
      ])}
    from ${sql.id('main', table.name)}
    where ${at} >= (select date_trunc('month', max(${at})) - interval ${sql.trusted(String(months - 1))} months from ${sql.id('main', table.name)})
    group by date_trunc('month', ${at})
    order by date_trunc('month', ${at})
  `
  const columns: readonly AskedColumn[] = [
    { name: 'month', title: words.dashboard.month, format: 'text' },
    { name: 'purchases', title: words.dashboard.purchases, format: 'count', people: 'people' },
    { name: 'people', title: words.customers, format: 'count', people: 'people' },
    { name: 'total', title: words.dashboard.sales, format: 'money', people: 'people' },
    ...of.map(({ index, name }) => ({
      name: `sales_${index}`,
      title: name,
      format: 'money' as const,
      people: `people_${index}`,
    })),
  ]
  const asked = await askTable({
    session: mart.session,
    select,
    caption: words.dashboard.byMonth,
    columns,
    minGroup,
    totals: { rows: false, across: of.map(({ index }) => `people_${index}`) },
  })
  const series =
    kinds.length > 0
      ? kinds.map(({ name }, index) => ({ name, column: index + 4 }))
      : [{ name: words.dashboard.sales, column: 3 }]
  return [
    {
      kind: 'chart' as const,
      title: words.dashboard.byMonth,
      alt: words.dashboard.alt,
      chart: {
        kind: 'bars' as const,
        categories: asked.rows.map(([month]) => String(month)),
        series: series.map(({ name, column }) => ({
          name,
          values: asked.rows.map((row) =>
            row[column] === null || isHidden(row[column]!) ? null : Number(row[column]),
          ),
        })),
        format: 'money' as const,
        horizontal: false,
      },
    },
    asked,
  ]
}

async function salesByActivity({ mart, main, purchases, words, minGroup, top }: SectionFacts) {
  const table = purchases!
  const activity = meaningOf(table, 'activity')
  const customer = customerOf(table, main)
  const amount = meaningOf(table, 'purchase_amount')!
  if (!activity || !customer) return []
  const sum = exactSum(sql.id(amount.name), amount.type)
  return [
    await askTable({
      session: mart.session,
      select: sql`
        select
          coalesce(cast(${sql.id(activity.name)} as varchar), '–') as activity,
          ${purchaseCount(table)} as purchases,
          count(distinct ${sql.id(customer.name)}) as people,
          ${sum} as sales
        from ${sql.id('main', table.name)}
        group by 1
        order by sales desc, 1
        limit ${top}
      `,
      caption: words.dashboard.byActivity,
      minGroup,
      columns: [
        { name: 'activity', title: activity.name, format: 'text' },
        { name: 'purchases', title: words.dashboard.purchases, format: 'count', people: 'people' },
        { name: 'people', title: words.customers, format: 'count', people: 'people' },
        { name: 'sales', title: words.dashboard.sales, format: 'money', people: 'people' },
      ],
    }),
  ]
}

/** What is proposed to customers, such as a size, by activity. */
async function offers(facts: SectionFacts): Promise<readonly Block[]> {
  const { main, words } = facts
  const offer = meaningOf(main, 'offer')
  if (!main || !offer) return []
  return await byActivity(facts, { main, column: offer, caption: words.dashboard.offers(offer.name) })
}

/** Lines with one id are one purchase. */
function purchaseCount(table: MartTable): Sql {
  const id = meaningOf(table, 'purchase_id')
  return id ? sql`count(distinct ${sql.id(id.name)})` : sql`count(*)`
}
