import { exactSum, sql } from '@sillage/sql'
import { isHidden } from '../../cell.ts'
import { type AskedColumn, askTable, type More } from '../../mart/ask-table.ts'
import { kindsOf } from '../../mart/kinds-of.ts'
import { countedBuyers } from '../../mart/units.ts'
import type { Block } from '../../report.ts'
import type { MakeSection, SectionFacts } from '../../section-facts.ts'
import { inLastMonths, monthsBetween, openMonth } from './last-months.ts'
import { countColumns, salesOf } from './sales.ts'

/** Sales of the last twelve months, in all and by activity. */
export const salesByMonth: MakeSection = async (facts) => {
  const sales = salesOf(facts)
  if (!sales) return []
  const { mart, main, words, labels, minGroup, disclosure } = facts
  const { table, sum, amount, at } = sales
  const counts = await countColumns(facts, sales)
  const kinds = await kindsOf({ mart, labels }, table)
  const count = sql`count(distinct ${sales.customer})`
  const of = kinds.map(({ name, holds }, index) => ({
    index,
    name,
    sales: exactSum(sql`case when ${holds} then ${sql.id(amount.name)} end`, amount.type),
    people: sql`${count} filter (where ${holds})`,
  }))
  const select = (more: More) => sql`
    select
      ${sql.lines([
        sql`strftime(date_trunc('month', ${at}), '%Y-%m') as month`,
        ...counts.selected,
        sql`${count} as people`,
        sql`${sum} as total`,
        ...of.map(({ index, sales }) => sql`${sales} as ${sql.id(`sales_${index}`)}`),
        ...of.map(({ index, people }) => sql`${people} as ${sql.id(`people_${index}`)}`),
      ])}${more()}
    from ${sql.id('main', table.name)}
    where ${inLastMonths(table, at)}
    group by date_trunc('month', ${at})
    order by date_trunc('month', ${at})
  `
  const columns: readonly AskedColumn[] = [
    { name: 'month', title: words.dashboard.month, format: 'text' },
    ...counts.columns,
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
    disclosure,
    counted: countedBuyers(
      { purchases: table, main },
      {
        people: undefined,
        ...Object.fromEntries(kinds.map(({ holds }, index) => [`people_${index}`, holds])),
      },
    ),
    totals: { rows: false, across: of.map(({ index }) => `people_${index}`) },
  })
  const rows = new Map(asked.rows.map((row) => [String(row[0]), row]))
  const categories =
    asked.rows.length === 0 ? [] : monthsBetween(String(asked.rows[0]![0]), String(asked.rows.at(-1)![0]))
  const total = asked.columns.findIndex(({ column }) => column === 'total')
  /** A month without a row had no sales; one whose figure is hidden is null. */
  const amountOf = (month: string, column: number): number | null => {
    const cell = rows.get(month)?.[column] ?? 0
    return isHidden(cell) ? null : Number(cell)
  }
  const series =
    kinds.length > 0
      ? kinds.map(({ name }, index) => ({ name, column: total + 1 + index }))
      : [{ name: words.dashboard.sales, column: total }]
  const values = series.map(({ name, column }) => ({
    name,
    values: categories.map((month) => amountOf(month, column)),
  }))
  const rest = categories.map((month, place): number | null => {
    const all = amountOf(month, total)
    if (all === null || values.every((one) => one.values[place] !== null)) return null
    return all - values.reduce((sum, one) => sum + (one.values[place] ?? 0), 0)
  })
  return [
    {
      kind: 'chart' as const,
      title: words.dashboard.byMonth,
      alt: words.dashboard.alt,
      chart: {
        kind: 'bars' as const,
        categories,
        series: values,
        ...(rest.some((value) => value !== null) ? { rest } : {}),
        format: 'money' as const,
        horizontal: false,
      },
    },
    { ...asked, folded: true },
    ...notes(facts, { last: categories.at(-1), hasReturns: counts.hasReturns }),
  ]
}

function notes(
  { mart, words, formats }: SectionFacts,
  { last, hasReturns }: { readonly last: string | undefined; readonly hasReturns: boolean },
): readonly Block[] {
  const open = openMonth(last, mart.asOf)
  const texts = [
    ...(hasReturns ? [words.dashboard.returnsNote] : []),
    ...(open ? [words.dashboard.openMonth(open, formats.cell(mart.asOf, 'date'))] : []),
  ]
  return texts.length === 0 ? [] : [{ kind: 'prose', text: texts.join(' ') }]
}
