import { sql } from '@sillage/sql'
import { askTable } from '../../mart/ask-table.ts'
import { meaningOf } from '../../mart/open-mart.ts'
import { countedBuyers } from '../../mart/units.ts'
import type { MakeSection } from '../../section-facts.ts'
import { countColumns, salesOf } from './sales.ts'

/** The sales of each activity, and of all together. */
export const salesByActivity: MakeSection = async (facts) => {
  const sales = salesOf(facts)
  const activity = meaningOf(sales?.table, 'activity')
  if (!sales || !activity) return []
  const { mart, main, words, labels, minGroup, top, disclosure } = facts
  const { table, customer, sum } = sales
  const counts = await countColumns(facts, sales)
  const name = sql`coalesce(cast(${sql.id(activity.name)} as varchar), '–')`
  return [
    await askTable({
      session: mart.session,
      select: (more) => sql`
        select * replace (case when is_total then ${words.total} else activity end as activity)
        from (
          select
            ${sql.lines([
              sql`${name} as activity`,
              ...counts.selected,
              sql`count(distinct ${customer}) as people`,
              sql`${sum} as sales`,
              sql`grouping(${name}) = 1 as is_total`,
            ])}${more()}
          from ${sql.id('main', table.name)}
          group by grouping sets ((${name}), ())
        )
        order by is_total, sales desc, activity
        limit ${top}
      `,
      caption: words.dashboard.byActivity,
      minGroup,
      disclosure,
      counted: countedBuyers({ purchases: table, main }, { people: undefined }),
      totals: { rows: false, rowsBy: ['is_total'] },
      columns: [
        {
          name: 'activity',
          title: labels.column(activity.name),
          format: 'text',
          label: (value) => labels.value(activity.name, value),
        },
        ...counts.columns,
        { name: 'people', title: words.customers, format: 'count', people: 'people' },
        { name: 'sales', title: words.dashboard.sales, format: 'money', people: 'people' },
      ],
    }),
  ]
}
