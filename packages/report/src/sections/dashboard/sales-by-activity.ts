import { sql } from '@sillage/sql'
import { askTable } from '../../mart/ask-table.ts'
import { meaningOf } from '../../mart/open-mart.ts'
import type { MakeSection } from '../../section-facts.ts'
import { salesOf } from './sales.ts'

/** The sales of each activity, and of all together. */
export const salesByActivity: MakeSection = async (facts) => {
  const sales = salesOf(facts)
  const activity = meaningOf(sales?.table, 'activity')
  if (!sales || !activity) return []
  const { mart, words, minGroup, top } = facts
  const { table, customer, sum, purchaseCount } = sales
  const name = sql`coalesce(cast(${sql.id(activity.name)} as varchar), '–')`
  return [
    await askTable({
      session: mart.session,
      select: sql`
        select
          case when is_total then ${words.total} else activity end as activity, purchases, people, sales, is_total
        from (
          select
            ${name} as activity,
            ${purchaseCount} as purchases,
            count(distinct ${customer}) as people,
            ${sum} as sales,
            grouping(${name}) = 1 as is_total
          from ${sql.id('main', table.name)}
          group by grouping sets ((${name}), ())
        )
        order by is_total, sales desc, activity
        limit ${top}
      `,
      caption: words.dashboard.byActivity,
      minGroup,
      totals: { rows: false, rowsBy: ['is_total'] },
      columns: [
        { name: 'activity', title: activity.name, format: 'text' },
        { name: 'purchases', title: words.dashboard.purchases, format: 'count', people: 'people' },
        { name: 'people', title: words.customers, format: 'count', people: 'people' },
        { name: 'sales', title: words.dashboard.sales, format: 'money', people: 'people' },
      ],
    }),
  ]
}
