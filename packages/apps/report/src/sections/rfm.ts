import { exactSum, type Sql, sql } from '@sillage/sql'
import { isHidden } from '../cell.ts'
import { type AskedColumn, askTable, type More } from '../mart/ask-table.ts'
import { type MartTable, meaningOf } from '../mart/open-mart.ts'
import { countedPeople } from '../mart/units.ts'
import type { MakeSection } from '../section-facts.ts'

const measures = ['recency', 'frequency', 'monetary'] as const

type Measure = (typeof measures)[number]

/** Recency against frequency as a heat map. */
export const rfm: MakeSection = async (facts) => {
  const { mart, main, words, labels, formats, minGroup, disclosure } = facts
  const points = pointColumns(main)
  if (!main || !points) return []
  const value = meaningOf(main, 'monetary')
  const [recency, frequency] = points
  const money = value ? exactSum(sql.id(value.name), value.type) : sql`null`
  const table = await askTable({
    session: mart.session,
    select: (more) => sql`
      select
        ${recency} as recency,
        ${frequency} as frequency,
        count(*) as people,
        ${money} as value${more()}
      from ${sql.id('main', main.name)}
      where ${recency} is not null and ${frequency} is not null
      group by 1, 2
      order by 1 desc, 2 desc
    `,
    caption: words.rfm.map,
    minGroup,
    disclosure,
    counted: countedPeople(main, { people: undefined }),
    columns: [
      { name: 'recency', title: words.rfm.recency, format: 'count' },
      { name: 'frequency', title: words.rfm.frequency, format: 'count' },
      { name: 'people', title: words.customers, format: 'count', people: 'people' },
      ...(value
        ? [
            {
              name: 'value',
              title: words.valueOf(labels.column(value.name)),
              format: 'money' as const,
              people: 'people',
            },
          ]
        : []),
    ],
  })
  const axis = (index: number): readonly string[] =>
    [...new Set(table.rows.map((row) => Number(row[index])))].sort((a, b) => a - b).map(String)
  const [y, x] = [axis(0), axis(1)]
  const named =
    (measure: Measure) =>
    (point: string): string => {
      const column = meaningOf(main, `rfm.${measure}_points`)!
      return labels.value(column.name, point)
    }
  return [
    {
      kind: 'chart',
      title: words.rfm.map,
      alt: words.rfm.mapAlt,
      chart: {
        kind: 'heatmap',
        x: x.map(named('frequency')),
        y: y.map(named('recency')),
        xTitle: words.rfm.frequency,
        yTitle: words.rfm.recency,
        cells: table.rows.map(([r, f, people, sum]) => ({
          x: x.indexOf(String(f)),
          y: y.indexOf(String(r)),
          value: isHidden(people!) ? null : Number(people),
          label: [
            formats.cell(people!, 'count'),
            ...(sum === undefined || sum === null || isHidden(sum)
              ? []
              : [formats.cell(Math.round(Number(sum)), 'count')]),
          ],
        })),
      },
    },
    { ...table, folded: true },
    ...(facts.sections.has('summary') ? [] : await rfmCells(facts)),
  ]
}

/** Customers and value of each cell of recency, frequency and monetary points. */
export const rfmCells: MakeSection = async ({
  mart,
  main,
  sections,
  words,
  labels,
  minGroup,
  top,
  disclosure,
}) => {
  const points = pointColumns(main)
  if (!main || !points) return []
  const value = meaningOf(main, 'monetary')
  const money = value && exactSum(sql.id(value.name), value.type)
  const columns: readonly AskedColumn[] = [
    ...measures.map((name) => ({
      name,
      title: words.rfm[name],
      format: 'text' as const,
      label: (point: string) => labels.value(meaningOf(main, `rfm.${name}_points`)!.name, point),
    })),
    { name: 'people', title: words.customers, format: 'count', people: 'people' },
    ...(value
      ? ([
          {
            name: 'value',
            title: words.valueOf(labels.column(value.name)),
            format: 'money',
            people: 'people',
          },
          { name: 'share', title: words.rfm.shareOfValue, format: 'share', people: 'people' },
        ] as const)
      : []),
  ]
  const select = (more: More) => sql`
    select
      ${sql.lines([
        ...points.map((column, index) => sql`${column} as ${sql.id(measures[index]!)}`),
        sql`count(*) as people`,
        ...(money ? [sql`${money} as value`, sql`${money} / nullif(sum(${money}) over (), 0) as share`] : []),
      ])}${more()}
    from ${sql.id('main', main.name)}
    where ${sql.join(
      points.map((column) => sql`${column} is not null`),
      ' and ',
    )}
    group by 1, 2, 3
    order by 1 desc, 2 desc, 3 desc
    limit ${Math.max(top, 27)}
  `
  return [
    await askTable({
      session: mart.session,
      select,
      caption: words.rfm.cells,
      columns,
      minGroup,
      disclosure,
      counted: countedPeople(main, { people: undefined }),
      totals: sections.has('rfm') ? { rowsBy: ['recency', 'frequency'] } : {},
    }),
  ]
}

function pointColumns(main: MartTable | undefined): readonly [Sql, Sql, Sql] | undefined {
  const names = measures.flatMap((measure) => meaningOf(main, `rfm.${measure}_points`)?.name ?? [])
  return names.length < 3 ? undefined : (names.map((name) => sql.id(name)) as [Sql, Sql, Sql])
}
