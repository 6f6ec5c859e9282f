import { exactSum, type Sql, sql } from '@sillage/sql'
import { askTable } from '../../mart/ask-table.ts'
import { kindsOf } from '../../mart/kinds-of.ts'
import { type MartColumn, meaningOf } from '../../mart/open-mart.ts'
import { topGroups } from '../../mart/top-groups.ts'
import { countedBuyers } from '../../mart/units.ts'
import type { Block } from '../../report.ts'
import type { MakeSection, SectionFacts } from '../../section-facts.ts'
import { inLastMonths } from './last-months.ts'
import { countColumns, type Sales, salesOf } from './sales.ts'

/** Sales of the last twelve months by product and activity. */
export const salesByProduct: MakeSection = async (facts) => {
  const sales = salesOf(facts)
  const column = meaningOf(sales?.table, 'product')
  if (!sales || !column) return []
  const where = inLastMonths(sales.table, sales.at)
  return await salesBy(facts, { sales, column, where, caption: facts.words.dashboard.products })
}

/** Sales by what was bought of the offer, such as its sizes, and by activity. */
export const salesByOffer: MakeSection = async (facts) => {
  const sales = salesOf(facts)
  const column = meaningOf(sales?.table, 'offer')
  if (!sales || !column) return []
  const where = sql`${sql.id(column.name)} is not null`
  return await salesBy(facts, {
    sales,
    column,
    where,
    caption: facts.words.dashboard.bought(facts.labels.column(column.name)),
  })
}

async function salesBy(
  facts: SectionFacts,
  {
    sales,
    column,
    where,
    caption,
  }: {
    readonly sales: Sales
    readonly column: MartColumn
    readonly where: Sql
    readonly caption: string
  },
): Promise<readonly Block[]> {
  const { mart, main, words, labels, minGroup, top, disclosure } = facts
  const { table, customer, amount, sum } = sales
  const counts = await countColumns(facts, sales)
  const kinds = await kindsOf({ mart, labels }, table)
  const people = sql`count(distinct ${customer})`
  const of = kinds.map(({ name, holds }, index) => ({
    name,
    index,
    sales: exactSum(sql`case when ${holds} then ${sql.id(amount.name)} end`, amount.type),
    people: sql`${people} filter (where ${holds})`,
  }))
  const asked = await askTable({
    session: mart.session,
    select: (more) => sql`
      with of_interest as (
        select * from ${sql.id('main', table.name)} where ${where}
      ),
      grouped as (
        ${topGroups({ from: sql`of_interest`, column: column.name, as: '_group', top, others: words.others })}
      )
      select
        ${sql.lines([
          sql`_group as value`,
          ...counts.selected,
          sql`${people} as people`,
          sql`${sum} as total`,
          ...of.map(({ index, sales }) => sql`${sales} as ${sql.id(`sales_${index}`)}`),
          ...of.map((kind) => sql`${kind.people} as ${sql.id(`people_${kind.index}`)}`),
        ])}${more()}
      from grouped
      group by _group
      order by _group in (${words.others}, '–'), total desc, value
    `,
    caption,
    minGroup,
    disclosure,
    counted: countedBuyers(
      { purchases: table, main },
      {
        people: undefined,
        ...Object.fromEntries(kinds.map(({ holds }, index) => [`people_${index}`, holds])),
      },
    ),
    totals: { across: of.map(({ index }) => `people_${index}`) },
    columns: [
      {
        name: 'value',
        title: labels.column(column.name),
        format: 'text',
        label: (value) => labels.value(column.name, value),
      },
      ...counts.columns,
      { name: 'people', title: words.customers, format: 'count', people: 'people' },
      { name: 'total', title: words.dashboard.sales, format: 'money', people: 'people' },
      ...of.map(({ name, index }) => ({
        name: `sales_${index}`,
        title: name,
        format: 'money' as const,
        people: `people_${index}`,
      })),
    ],
  })
  return asked.rows.length === 0 ? [] : [asked]
}
