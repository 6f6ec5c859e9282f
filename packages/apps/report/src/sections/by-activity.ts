import { sql } from '@sillage/sql'
import { isHidden } from '../cell.ts'
import { askTable } from '../mart/ask-table.ts'
import { kindsOf } from '../mart/kinds-of.ts'
import type { MartColumn, MartTable } from '../mart/open-mart.ts'
import { topGroups } from '../mart/top-groups.ts'
import { countedPeople } from '../mart/units.ts'
import type { Block } from '../report.ts'
import type { SectionFacts } from '../section-facts.ts'

/** How many inhabitants a density is told for. */
const perInhabitants = 10_000

/**
 * How many people have each value of a column, in all and by activity; the values that most have come first. None without activities.
 * Where a column has the `inhabitants` of each value, which is an area, the densest come first. Areas with fewer people than are shown are
 * then summed up: their place in that order would tell how many they are.
 */
export async function byActivity(
  { mart, words, labels, minGroup, top, disclosure }: SectionFacts,
  {
    main,
    column,
    caption,
    inhabitants,
  }: {
    readonly main: MartTable
    readonly column: MartColumn
    readonly caption: string
    readonly inhabitants?: MartColumn | undefined
  },
): Promise<readonly Block[]> {
  const kinds = await kindsOf({ mart, labels }, main)
  if (kinds.length === 0) return []
  const names = kinds.map((_, index) => `kind_${index}`)
  const density =
    inhabitants && sql`round(count(*) * ${perInhabitants} / nullif(max(${sql.id(inhabitants.name)}), 0), 2)`
  const groups = topGroups({
    from: sql.id('main', main.name),
    column: column.name,
    as: '_group',
    top,
    others: words.others,
    ...(density
      ? {
          rank: sql`count(*) >= ${minGroup} desc, ${density} desc nulls last`,
          fits: sql`count(*) >= ${minGroup}`,
        }
      : {}),
  })
  const table = await askTable({
    session: mart.session,
    select: (more) => sql`
      with grouped as (
        ${groups}
      )
      select
        ${sql.lines([
          sql`_group as value`,
          sql`count(*) as people`,
          sql`count(*) / sum(count(*)) over () as share`,
          ...(density
            ? [sql`case when _group not in (${words.others}, '–') then ${density} end as density`]
            : []),
          ...kinds.map(
            ({ holds }, index) => sql`count(*) filter (where ${holds}) as ${sql.id(names[index]!)}`,
          ),
        ])}${more()}
      from grouped
      group by _group
      order by _group in (${words.others}, '–'), ${density ? sql`density desc nulls last, ` : sql.empty}people desc, value
    `,
    caption,
    minGroup,
    disclosure,
    counted: countedPeople(main, {
      people: undefined,
      ...Object.fromEntries(kinds.map(({ holds }, index) => [names[index]!, holds])),
    }),
    totals: { across: names },
    columns: [
      {
        name: 'value',
        title: labels.column(column.name),
        format: 'text',
        label: (value) => labels.value(column.name, value),
      },
      { name: 'people', title: words.people, format: 'count', people: 'people' },
      { name: 'share', title: words.share, format: 'share', people: 'people' },
      ...(density
        ? [{ name: 'density', title: words.tree.density, format: 'number' as const, people: 'people' }]
        : []),
      ...kinds.map(({ name: title }, index) => {
        const name = names[index]!
        return { name, title, format: 'count' as const, people: name }
      }),
    ],
  })
  const shown = table.rows.filter(([name]) => name !== words.others && name !== '–')
  const values = (place: number): readonly (number | null)[] =>
    shown.map((row) => (isHidden(row[place]!) ? null : Number(row[place])))
  const first = String(shown[0]?.[0] ?? '–')
  const titles = table.columns.map(({ title }) => title)
  const series = density
    ? [{ name: words.tree.density, values: values(titles.indexOf(words.tree.density)) }]
    : kinds.map(({ name }, index) => ({ name, values: values(index + titles.length - kinds.length) }))
  return [
    {
      kind: 'chart',
      title: density ? words.tree.densityOf(labels.column(column.name)) : caption,
      alt: density
        ? words.tree.densityAlt(labels.column(column.name), first)
        : words.tree.byActivityAlt(labels.column(column.name), first),
      chart: {
        kind: 'bars',
        categories: shown.map(([name]) => String(name)),
        series,
        format: density ? 'number' : 'count',
        horizontal: true,
      },
    },
    { ...table, folded: true },
  ]
}
