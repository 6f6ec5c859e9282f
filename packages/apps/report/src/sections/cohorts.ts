import { type Sql, sql } from '@sillage/sql'
import { isHidden } from '../cell.ts'
import { type AskedColumn, askTable, type More } from '../mart/ask-table.ts'
import { purchasesOf } from '../mart/purchases.ts'
import type { MakeSection } from '../section-facts.ts'

/** The most recent cohorts, and how far they are followed: a date that is wrong by centuries makes no more. */
const most = 24

/** How many of the customers who first bought in a period bought again in the later ones. */
export const cohorts: MakeSection = async ({
  mart,
  main,
  purchases,
  words,
  formats,
  minGroup,
  disclosure,
}) => {
  const bought = purchases && purchasesOf(purchases, main)
  if (!bought) return []
  const span = await mart.session.row<{ months: number | null }>(
    sql`select date_diff('month', min(day), max(day)) as months from (${bought})`.text,
  )
  if (span.months === null) return []
  const grain = span.months <= 18 ? 'month' : span.months <= 60 ? 'quarter' : 'year'
  const periods = Math.ceil((span.months + 1) / { month: 1, quarter: 3, year: 12 }[grain]) + 1
  const ages = Array.from({ length: Math.min(periods, most) }, (_, age) => age)
  const periodText = {
    month: sql`strftime(cohort, '%Y-%m')`,
    quarter: sql`strftime(cohort, '%Y-Q') || quarter(cohort)`,
    year: sql`strftime(cohort, '%Y')`,
  }[grain]
  const people = (age: number): Sql =>
    sql`case when any_value(oldest) >= ${age} then count(*) filter (where age = ${age}) end`
  const select = (more: More) => sql`
    with active as (
      select distinct customer, date_trunc(${grain}, day) as period from (${bought})
    ),
    aged as (
      select customer, period, min(period) over (partition by customer) as cohort from active
    ),
    counted as (
      select
        customer,
        cohort,
        date_diff(${grain}, cohort, period) as age,
        date_diff(${grain}, cohort, (select max(period) from active)) as oldest
      from aged
    )
    select
      ${sql.lines([
        sql`${periodText} as cohort`,
        ...ages.map((age) => sql`${people(age)} as ${sql.id(`people_${age}`)}`),
        ...ages.map((age) => sql`${people(age)} / ${people(0)} as ${sql.id(`share_${age}`)}`),
      ])}${more()}
    from counted
    where counted.cohort in (select distinct cohort from aged order by cohort desc limit ${most})
    group by counted.cohort
    order by counted.cohort
  `
  const columns: readonly AskedColumn[] = [
    { name: 'cohort', title: words.cohorts.cohort[grain], format: 'text' },
    { name: 'people_0', title: words.customers, format: 'count', people: 'people_0' },
    ...ages.slice(1).map(
      (age): AskedColumn => ({
        name: `share_${age}`,
        title: `+${age}`,
        format: 'share',
        people: `people_${age}`,
      }),
    ),
  ]
  const asked = await askTable({
    session: mart.session,
    select,
    caption: words.cohorts.retention[grain],
    columns,
    minGroup,
    disclosure,
    counted: ages.map((age) => ({
      people: `people_${age}`,
      space: 'people',
      unit: sql`cast(customer as varchar)`,
      where: sql`age = ${age}`,
    })),
    totals: { rows: false },
  })
  const used = asked.columns.filter(
    (_, index) => index < 2 || asked.rows.some((row) => row[index] !== null),
  ).length
  const table = {
    ...asked,
    columns: asked.columns.slice(0, used),
    rows: asked.rows.map((row) => row.slice(0, used)),
  }
  return [
    {
      kind: 'chart',
      title: words.cohorts.retention[grain],
      alt: words.cohorts.alt,
      chart: {
        kind: 'heatmap',
        x: table.columns.slice(2).map(({ title }) => title),
        y: table.rows.map(([cohort]) => String(cohort)).reverse(),
        xTitle: words.cohorts.age[grain],
        yTitle: words.cohorts.cohort[grain],
        cells: table.rows.flatMap((row, place) =>
          row.slice(2).flatMap((share, age) =>
            share === null
              ? []
              : [
                  {
                    x: age,
                    y: table.rows.length - 1 - place,
                    value: isHidden(share!) ? null : Number(share),
                    label: [
                      isHidden(share!)
                        ? formats.cell(share, 'share')
                        : formats.cell(Math.round(Number(share) * 100), 'count'),
                    ],
                  },
                ],
          ),
        ),
      },
    },
    { ...table, folded: true },
    {
      kind: 'prose',
      text: mart.asOf === null ? words.cohorts.note : words.cohorts.until(formats.cell(mart.asOf, 'date')),
    },
  ]
}
