import { exactSum, sql } from '@sillage/sql'
import { isHidden } from '../../cell.ts'
import { type AskedColumn, askTable } from '../../mart/ask-table.ts'
import { kindsOf } from '../../mart/kinds-of.ts'
import type { MakeSection } from '../../section-facts.ts'
import { inLastMonths } from './last-months.ts'
import { salesOf } from './sales.ts'

/** Sales of the last twelve months, in all and by activity. */
export const salesByMonth: MakeSection = async (facts) => {
  const sales = salesOf(facts)
  if (!sales) return []
  const { mart, words, minGroup } = facts
  const { table, purchaseCount, sum, amount, at } = sales
  const kinds = await kindsOf(mart.session, table)
  const count = sql`count(distinct ${sales.customer})`
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
        sql`${purchaseCount} as purchases`,
        sql`${count} as people`,
        sql`${sum} as total`,
        ...of.map(({ index, sales }) => sql`${sales} as ${sql.id(`sales_${index}`)}`),
        ...of.map(({ index, people }) => sql`${people} as ${sql.id(`people_${index}`)}`),
      ])}
    from ${sql.id('main', table.name)}
    where ${inLastMonths(table, at)}
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
