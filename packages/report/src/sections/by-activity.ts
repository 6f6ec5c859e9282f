import { sql } from '@sillage/sql'
import { isHidden } from '../cell.ts'
import { askTable } from '../mart/ask-table.ts'
import { kindsOf } from '../mart/kinds-of.ts'
import type { MartColumn, MartTable } from '../mart/open-mart.ts'
import { topGroups } from '../mart/top-groups.ts'
import type { Block } from '../report.ts'
import type { SectionFacts } from '../section-facts.ts'

const before = 3

/** How many people have each value of a column, in all and by activity; the values that most have come first. None without activities. */
export async function byActivity(
  { mart, words, minGroup, top }: SectionFacts,
  {
    main,
    column,
    caption,
  }: { readonly main: MartTable; readonly column: MartColumn; readonly caption: string },
): Promise<readonly Block[]> {
  const kinds = await kindsOf(mart.session, main)
  if (kinds.length === 0) return []
  const names = kinds.map((_, index) => `kind_${index}`)
  const table = await askTable({
    session: mart.session,
    select: sql`
      with grouped as (
        ${topGroups({ from: sql.id('main', main.name), column: column.name, as: '_group', top, others: words.others })}
      )
      select
        ${sql.lines([
          sql`_group as value`,
          sql`count(*) as people`,
          sql`count(*) / sum(count(*)) over () as share`,
          ...kinds.map(
            ({ holds }, index) => sql`count(*) filter (where ${holds}) as ${sql.id(names[index]!)}`,
          ),
        ])}
      from grouped
      group by _group
      order by _group in (${words.others}, '–'), people desc, value
    `,
    caption,
    minGroup,
    totals: { across: names },
    columns: [
      { name: 'value', title: column.name, format: 'text' },
      { name: 'people', title: words.people, format: 'count', people: 'people' },
      { name: 'share', title: words.share, format: 'share', people: 'people' },
      ...kinds.map(({ name: title }, index) => {
        const name = names[index]!
        return { name, title, format: 'count' as const, people: name }
      }),
    ],
  })
  const shown = table.rows.filter(([name]) => name !== words.others && name !== '–')
  return [
    {
      kind: 'chart',
      title: caption,
      alt: words.tree.byActivityAlt(column.name, String(shown[0]?.[0] ?? '–')),
      chart: {
        kind: 'bars',
        categories: shown.map(([name]) => String(name)),
        series: kinds.map(({ name }, index) => ({
          name,
          values: shown.map((row) => (isHidden(row[index + before]!) ? null : Number(row[index + before]))),
        })),
        format: 'count',
        horizontal: true,
      },
    },
    table,
  ]
}
