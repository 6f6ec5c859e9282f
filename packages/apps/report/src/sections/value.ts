import type { JsonRow } from '@sillage/sql'
import { isFloating, type Sql, sql } from '@sillage/sql'
import type { Cell } from '../cell.ts'
import { askTable } from '../mart/ask-table.ts'
import { type MartColumn, type MartTable, meaningOf } from '../mart/open-mart.ts'
import type { MakeSection } from '../section-facts.ts'
import { lifetime } from './lifetime.ts'

/** Value by tenths of the customers, and the Lorenz curve. */
export const value: MakeSection = async (facts) => {
  const { mart, main, words, minGroup } = facts
  const ranked = rankedValue(main)
  if (!ranked) return []
  const figures = await concentrationFigures(facts)
  const [first] = figures
  if (first?.kind !== 'figures') return []
  const tenths = await askTable({
    session: mart.session,
    select: sql`
      with ${ranked}
      select
        tenth,
        count(*) as people,
        sum(value) as value,
        sum(value) / count(*) as mean,
        sum(value) / any_value(total) as share
      from (select *, ntile(10) over (order by place) as tenth from ranked)
      group by tenth
      order by tenth
    `,
    caption: words.value.tenths,
    minGroup,
    columns: [
      { name: 'tenth', title: words.value.tenth, format: 'count' },
      { name: 'people', title: words.people, format: 'count', people: 'people' },
      { name: 'value', title: words.value.value, format: 'money', people: 'people' },
      { name: 'mean', title: words.value.mean, format: 'money', people: 'people' },
      { name: 'share', title: words.share, format: 'share', people: 'people' },
    ],
  })
  const steps = Math.max(1, Math.min(20, Math.floor(Number(first.figures[0]!.value) / minGroup)))
  const curve = sql`
    with ${ranked},
    cut as (select unnest(range(0, ${steps + 1})) / ${steps} as share_of_people)
    select
      share_of_people,
      coalesce(sum(value) filter (where place > n - round(share_of_people * n)), 0) / any_value(total) as share_of_value
    from cut, ranked
    group by share_of_people
    order by share_of_people
  `
  const points = await mart.session.rows<{ share_of_people: number; share_of_value: number }>(curve.text)
  return [
    ...(facts.sections.has('summary') ? [] : figures),
    {
      kind: 'chart',
      title: words.value.tenths,
      alt: words.value.tenthsAlt,
      chart: {
        kind: 'bars',
        categories: tenths.rows.map(([tenth]) => String(tenth)),
        series: [
          {
            name: words.value.value,
            values: tenths.rows.map(([, , sum]) => (typeof sum === 'object' ? null : Number(sum))),
          },
        ],
        format: 'money',
        horizontal: false,
      },
    },
    { ...tenths, folded: true },
    {
      kind: 'chart',
      title: words.value.lorenz,
      alt: words.value.lorenzAlt,
      chart: {
        kind: 'curve',
        xTitle: words.value.shareOfPeople,
        yTitle: words.value.shareOfValue,
        points: points.map((one) => [Number(one.share_of_people), Number(one.share_of_value)]),
        diagonal: words.value.equal,
        name: words.value.lorenz,
      },
      sql: curve.text,
    },
    ...(await lifetime(facts)),
  ]
}

/** What share of all value the best fifth of the customers brings, and the Gini coefficient. */
export const concentrationFigures: MakeSection = async ({ mart, main, words, labels, minGroup }) => {
  const ranked = rankedValue(main)
  const monetary = meaningOf(main, 'monetary')
  if (!ranked || !monetary) return []
  const select = sql`
    with ${ranked}
    select
      count(*) as people,
      any_value(total) as value,
      sum(value) filter (where place <= ceil(n * 0.2)) / any_value(total) as top_fifth,
      round((any_value(n) + 1) / any_value(n) - 2 * sum(cast(value as double) * place) / (any_value(n) * any_value(total)), 6) as gini
    from ranked
  `
  const row = await mart.session.row(select.text)
  if (Number(row.people) < minGroup || row.top_fifth === null || row.top_fifth === undefined) return []
  return [
    {
      kind: 'figures',
      figures: [
        { label: words.value.people, value: row.people ?? null, format: 'count', column: 'people' },
        {
          label: words.valueOf(labels.column(monetary.name)),
          value: row.value ?? null,
          format: 'money',
          column: 'value',
        },
        { label: words.value.topFifth, value: topFifth(row, minGroup), format: 'share', column: 'top_fifth' },
        { label: words.value.gini, value: row.gini ?? null, format: 'number', column: 'gini' },
      ],
      sql: select.text,
    },
  ]
}

/** Hidden where the fifth is too few people. */
function topFifth({ people, top_fifth }: JsonRow, minGroup: number): Cell {
  return Math.ceil(Number(people) * 0.2) < minGroup ? { below: minGroup } : top_fifth!
}

/** A part of a `with`: customers with a value of at least 0, the dearest first; sums are exact. Undefined where nobody's value is known. */
export function rankedValue(main: MartTable | undefined): Sql | undefined {
  const column = meaningOf(main, 'monetary')
  if (!main || !column) return undefined
  const key = main.columns.filter((one) => one.key).map(({ name }) => sql.id(name))
  return sql`
    valued as (
      select ${exact(column)} as value, row_number() over (order by ${sql.join([sql`${sql.id(column.name)} desc`, ...key])}) as place
      from ${sql.id('main', main.name)}
      where ${sql.id(column.name)} >= 0
    ),
    ranked as (
      select value, place, count(*) over () as n, nullif(sum(value) over (), 0) as total from valued
    )
  `
}

function exact({ name, type }: MartColumn): Sql {
  return isFloating(type) ? sql`cast(${sql.id(name)} as decimal(38, 9))` : sql.id(name)
}
