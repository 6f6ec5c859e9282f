import { sql } from '@sillage/sql'
import { isHidden } from '../cell.ts'
import type { TreeNode } from '../charts/chart.ts'
import { askTable } from '../mart/ask-table.ts'
import { meaningOf } from '../mart/open-mart.ts'
import { topGroups } from '../mart/top-groups.ts'
import { countedPeople } from '../mart/units.ts'
import type { Block } from '../report.ts'
import type { MakeSection, SectionFacts } from '../section-facts.ts'
import { byActivity } from './by-activity.ts'
import { segmentColumn } from './segment-column.ts'
import { treatedSegment } from './segments.ts'

/** The targets by activity and segment, and where they are densest. */
export const targetTree: MakeSection = async (facts) => {
  if (!meaningOf(facts.main, 'activity')) return []
  return [...(await tree(facts)), ...(await places(facts))]
}

async function tree({ mart, main, words, labels, formats, minGroup, top, disclosure }: SectionFacts) {
  const activity = meaningOf(main, 'activity')
  const segment = treatedSegment(main)
  if (!main || !activity || !segment) return []
  const table = await askTable({
    session: mart.session,
    select: (more) => sql`
      with grouped as (
        ${topGroups({ from: sql.id('main', main.name), column: segment.name, as: '_segment', top, others: words.others })}
      )
      select
        coalesce(cast(${sql.id(activity.name)} as varchar), '–') as activity,
        _segment as segment,
        count(*) as people,
        count(*) / sum(count(*)) over () as share${more()}
      from grouped
      group by 1, 2
      order by 1, people desc, 2
    `,
    caption: words.tree.caption,
    minGroup,
    disclosure,
    counted: countedPeople(main, { people: undefined }),
    totals: { rowsBy: ['activity'] },
    columns: [
      {
        name: 'activity',
        title: labels.column(activity.name),
        format: 'text',
        label: (value) => labels.value(activity.name, value),
      },
      segmentColumn(segment.name, labels),
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
    name: words.people,
    size: size(table.rows),
    children: children.map(([name, rows]) => ({
      name,
      size: size(rows),
      children: rows.map(([, segment, people]) => ({
        name: String(segment),
        size: formats.cell(people!, 'count'),
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
    { ...table, folded: true },
  ]
}

async function places(facts: SectionFacts): Promise<readonly Block[]> {
  const { main, words, labels } = facts
  const place = meaningOf(main, 'place')
  if (!main || !place) return []
  const inhabitants = meaningOf(main, 'place_population')
  const caption = inhabitants
    ? words.tree.densest(labels.column(place.name))
    : words.tree.places(labels.column(place.name))
  const cross = await byActivity(facts, { main, column: place, caption, inhabitants })
  const note = inhabitants ? words.tree.densityNote(facts.minGroup) : words.tree.placesNote
  return cross.length === 0 ? [] : [...cross, { kind: 'prose', text: note }]
}
