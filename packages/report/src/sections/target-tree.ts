import { sql } from '@sillage/sql'
import { isHidden } from '../cell.ts'
import type { TreeNode } from '../charts/chart.ts'
import { askTable } from '../mart/ask-table.ts'
import { meaningOf } from '../mart/open-mart.ts'
import { topGroups } from '../mart/top-groups.ts'
import type { MakeSection, SectionFacts } from '../section-facts.ts'
import { treatedSegment } from './segments.ts'

/** The targets by activity and segment, and where they are densest. */
export const targetTree: MakeSection = async (facts) => {
  if (!meaningOf(facts.main, 'activity')) return []
  return [...(await tree(facts)), ...(await places(facts))]
}

async function tree({ mart, main, words, formats, minGroup, top }: SectionFacts) {
  const activity = meaningOf(main, 'activity')
  const segment = treatedSegment(main)
  if (!main || !activity || !segment) return []
  const table = await askTable({
    session: mart.session,
    select: sql`
      with grouped as (
        ${topGroups({ from: sql.id('main', main.name), column: segment.name, as: '_segment', top, others: words.others })}
      )
      select
        coalesce(cast(${sql.id(activity.name)} as varchar), '–') as activity,
        _segment as segment,
        count(*) as people,
        count(*) / sum(count(*)) over () as share
      from grouped
      group by 1, 2
      order by 1, people desc, 2
    `,
    caption: words.tree.caption,
    minGroup,
    totals: { rowsBy: ['activity'] },
    columns: [
      { name: 'activity', title: activity.name, format: 'text' },
      { name: 'segment', title: segment.name, format: 'text' },
      { name: 'people', title: words.people, format: 'count', people: 'people' },
      { name: 'share', title: words.share, format: 'share', people: 'people' },
    ],
  })
  const names = [...new Set(table.rows.map(([name]) => String(name)))]
  const children = names.map((name) => [name, table.rows.filter(([own]) => own === name)] as const)
  const size = (rows: typeof table.rows): string => {
    const known = rows.filter(([, , people]) => !isHidden(people!))
    const sum = known.reduce((total, [, , people]) => total + Number(people), 0)
    return `${known.length < rows.length ? '≥ ' : ''}${formats.cell(sum, 'count')}`
  }
  const root: TreeNode = {
    name: `${words.people} ${size(table.rows)}`,
    children: children.map(([name, rows]) => ({
      name: `${name} ${size(rows)}`,
      children: rows.map(([, segment, people]) => ({
        name: `${segment} ${formats.cell(people!, 'count')}`,
        children: [],
      })),
    })),
  }
  return [
    {
      kind: 'chart' as const,
      title: words.tree.caption,
      alt: words.tree.alt(children.length, table.rows.length),
      chart: { kind: 'tree' as const, root },
    },
    table,
  ]
}

async function places({ mart, main, words, minGroup, top }: SectionFacts) {
  const place = meaningOf(main, 'place')
  const activity = meaningOf(main, 'activity')
  if (!main || !place || !activity) return []
  const kinds = await mart.session.rows<{ name: string }>(
    sql`select ${sql.id(activity.name)} as name from ${sql.id('main', main.name)} where ${sql.id(activity.name)} is not null group by 1 order by count(*) desc, 1 limit 6`
      .text,
  )
  const table = await askTable({
    session: mart.session,
    select: sql`
      with grouped as (
        ${topGroups({ from: sql.id('main', main.name), column: place.name, as: '_place', top, others: words.others })}
      )
      select
        ${sql.lines([
          sql`_place as place`,
          sql`count(*) as people`,
          sql`count(*) / sum(count(*)) over () as share`,
          ...kinds.map(
            ({ name }, index) =>
              sql`count(*) filter (where ${sql.id(activity.name)} = ${name}) as ${sql.id(`kind_${index}`)}`,
          ),
        ])}
      from grouped
      group by _place
      order by _place in (${words.others}, '–'), people desc, place
    `,
    caption: words.tree.places(place.name),
    minGroup,
    totals: { across: kinds.map((_, index) => `kind_${index}`) },
    columns: [
      { name: 'place', title: place.name, format: 'text' },
      { name: 'people', title: words.people, format: 'count', people: 'people' },
      { name: 'share', title: words.share, format: 'share', people: 'people' },
      ...kinds.map(({ name }, index) => ({
        name: `kind_${index}`,
        title: name,
        format: 'count' as const,
        people: `kind_${index}`,
      })),
    ],
  })
  const shown = table.rows.filter(([name]) => name !== words.others && name !== '–')
  return [
    {
      kind: 'chart' as const,
      title: words.tree.places(place.name),
      alt: words.tree.placesAlt(place.name, String(shown[0]?.[0] ?? '–')),
      chart: {
        kind: 'bars' as const,
        categories: shown.map(([name]) => String(name)),
        series: kinds.map(({ name }, index) => ({
          name,
          values: shown.map((row) => (isHidden(row[index + 3]!) ? null : Number(row[index + 3]))),
        })),
        format: 'count' as const,
        horizontal: true,
      },
    },
    table,
    { kind: 'prose' as const, text: words.tree.densityNote },
  ]
}
