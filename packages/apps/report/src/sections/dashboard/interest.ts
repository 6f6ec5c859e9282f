import { sql } from '@sillage/sql'
import { askTable } from '../../mart/ask-table.ts'
import { kindsOf, sidesOf } from '../../mart/kinds-of.ts'
import { meaningOf } from '../../mart/open-mart.ts'
import { countedPeople } from '../../mart/units.ts'
import type { Block } from '../../report.ts'
import type { MakeSection } from '../../section-facts.ts'

/** Who is interested and who is not, and why, by side and activity. */
export const interest: MakeSection = async ({ mart, main, words, labels, minGroup, top, disclosure }) => {
  const said = meaningOf(main, 'interest')
  if (!main || !said) return []
  const why = meaningOf(main, 'interest_reason')
  const kinds = await kindsOf({ mart, labels }, main)
  const names = kinds.map((_, index) => `kind_${index}`)
  const blocks: Block[] = []
  for (const side of await sidesOf({ mart, labels }, main)) {
    const asked = await askTable({
      session: mart.session,
      select: (more) => sql`
        select
          ${sql.lines([
            sql`cast(${sql.id(said.name)} as varchar) as interest`,
            sql`${why ? sql`cast(${sql.id(why.name)} as varchar)` : sql`null::varchar`} as reason`,
            sql`count(*) as people`,
            ...kinds.map(
              ({ holds }, index) => sql`count(*) filter (where ${holds}) as ${sql.id(names[index]!)}`,
            ),
          ])}${more()}
        from ${sql.id('main', main.name)}
        where ${sql.id(said.name)} is not null and ${side.holds}
        group by 1, 2
        order by sum(count(*)) over (partition by interest) desc, interest, people desc, reason
        limit ${top}
      `,
      caption: words.dashboard.interest(side.name),
      minGroup,
      disclosure,
      counted: countedPeople(main, {
        people: undefined,
        ...Object.fromEntries(kinds.map(({ holds }, index) => [names[index]!, holds])),
      }),
      totals: { across: names },
      columns: [
        {
          name: 'interest',
          title: labels.column(said.name),
          format: 'text',
          label: (value) => labels.value(said.name, value),
        },
        ...(why
          ? [
              {
                name: 'reason',
                title: labels.column(why.name),
                format: 'text' as const,
                label: (value: string) => labels.value(why.name, value),
              },
            ]
          : []),
        { name: 'people', title: words.people, format: 'count', people: 'people' },
        ...kinds.map(({ name: title }, index) => {
          const name = names[index]!
          return { name, title, format: 'count' as const, people: name }
        }),
      ],
    })
    if (asked.rows.length > 0) blocks.push(asked)
  }
  return blocks
}
