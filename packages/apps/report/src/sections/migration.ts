import { type Sql, sql } from '@sillage/sql'
import { type Cell, isHidden } from '../cell.ts'
import { hideSmall } from '../mart/hide-small.ts'
import type { MartTable } from '../mart/open-mart.ts'
import { peopleOf } from '../mart/units.ts'
import type { Block } from '../report.ts'
import type { EarlierVersion, MakeSection, SectionFacts } from '../section-facts.ts'

/** The longest table, in times of the longest list. */
const lists = 10

/** Who went from which segment to which since the version before. */
export const migration: MakeSection = async (facts) => {
  const { before, main, words } = facts
  if (!before || !main || before.migrations.length === 0) return []
  return [
    {
      kind: 'prose',
      text: words.migration.since(before.run, before.asOf && facts.formats.cell(before.asOf, 'date')),
    },
    ...(await matrices(facts, before)),
  ]
}

async function matrices(facts: SectionFacts, before: EarlierVersion): Promise<readonly Block[]> {
  const { file } = before
  if (file !== undefined)
    await facts.mart.session.run(sql`attach if not exists ${file} as earlier (read_only)`.text)
  return before.migrations.flatMap((one) => matrix(facts, before, one))
}

function matrix(
  { main, words, labels, minGroup, formats, top, disclosure }: SectionFacts,
  before: EarlierVersion,
  { column, cells }: EarlierVersion['migrations'][number],
): readonly Block[] {
  const name = (
    segment: string | null,
    kind: 'entered' | 'left' | 'stayed' | 'moved',
    side: 'from' | 'to',
  ): string =>
    (segment === null ? undefined : labels.segment(column, segment)) ??
    (kind === 'entered' && side === 'from'
      ? words.migration.entered
      : kind === 'left' && side === 'to'
        ? words.migration.left
        : '–')
  const names = cells.map(
    (cell) => [name(cell.from, cell.kind, 'from'), name(cell.to, cell.kind, 'to')] as const,
  )
  const sets = [0, 1].flatMap((side) =>
    [...new Set(names.map((pair) => pair[side]))].map((one) =>
      names.flatMap((pair, place) => (pair[side] === one ? [place] : [])),
    ),
  )
  const key = main!.columns.filter((one) => one.key).map((one) => one.name)
  const counts = cells.map(({ rows }) => rows)
  const shown = disclosure.note(`migration ${column}`, {
    counts,
    shown: hideSmall(counts, { sets, minGroup }),
    ...(before.file === undefined || key.length === 0
      ? {}
      : { members: (first) => [membersOf(main!, { column, key, first })] }),
  })
  const rows = names.map(([from, to], place): readonly [string, string, Cell] => [
    from,
    to,
    shown[place] === 'small'
      ? { below: minGroup }
      : shown[place] === 'withheld'
        ? { withheld: true }
        : cells[place]!.rows,
  ])
  const values = new Map(
    cells
      .flatMap(({ from, to }) => [from, to])
      .flatMap((value) => (value === null ? [] : [[labels.segment(column, value), value] as const])),
  )
  const y = [...new Set(rows.map(([from]) => from))]
  const x = [...new Set(rows.map(([, to]) => to))]
  const title = words.migration.matrix(labels.column(column))
  return [
    ...(x.length <= 20 && y.length <= 20
      ? [
          {
            kind: 'chart' as const,
            title,
            alt: words.migration.alt(labels.column(column)),
            chart: {
              kind: 'heatmap' as const,
              x,
              y: [...y].reverse(),
              xTitle: words.migration.to,
              yTitle: words.migration.from,
              cells: rows.map(([from, to, count]) => ({
                x: x.indexOf(to),
                y: y.length - 1 - y.indexOf(from),
                value: isHidden(count) ? null : Number(count),
                label: [formats.cell(count, 'count')],
              })),
            },
          },
        ]
      : []),
    {
      kind: 'table',
      folded: x.length <= 20 && y.length <= 20,
      caption: title,
      columns: [
        { title: words.migration.from, format: 'text', column: 'from', values },
        { title: words.migration.to, format: 'text', column: 'to', values },
        { title: words.people, format: 'count', column: 'people' },
      ],
      rows: rows.slice(0, top * lists),
      sql: statement(main!.name, column, {
        before,
        key,
        words,
        limit: top * lists,
      }).text,
    },
    ...(rows.length > top * lists
      ? [{ kind: 'prose' as const, text: words.migration.more(rows.length - top * lists) }]
      : []),
  ]
}

/** What `compareVersions` counts, as one reads it by hand: the version before is attached beside the mart that is open. */
function statement(
  table: string,
  column: string,
  {
    before,
    key,
    words,
    limit,
  }: {
    readonly before: EarlierVersion
    readonly key: readonly string[]
    readonly words: SectionFacts['words']
    readonly limit: number
  },
): Sql {
  return sql`
    attach ${before.path} as earlier (read_only);
    select
      case when entered then ${words.migration.entered} else coalesce(earlier, '–') end as ${sql.id('from')},
      case when has_left then ${words.migration.left} else coalesce(later, '–') end as ${sql.id('to')},
      count(*) as people
    from (
      ${pairsOf({ table, column, key })}
    )
    group by earlier, later, entered, has_left
    order by entered, earlier nulls last, has_left, later nulls last
    limit ${limit}
  `
}

/** Each row of both versions by its key, with its value before and now. */
function pairsOf(
  {
    table,
    column,
    key,
  }: { readonly table: string; readonly column: string; readonly key: readonly string[] },
  more: Sql = sql.empty,
): Sql {
  const value = (side: 'a' | 'b'): Sql => sql`cast(${sql.id(side, column)} as varchar)`
  return sql`
    select ${value('b')} as earlier, ${value('a')} as later, b._there is null as entered, a._there is null as has_left${more}
    from (select true as _there, * from earlier.main.${sql.id(table)}) as b
    full join (select true as _there, * from ${sql.id('main', table)}) as a using (${sql.join(key.map((name) => sql.id(name)))})
  `
}

/** Who is in which pair, in the order of the pairs. */
function membersOf(
  main: MartTable,
  {
    column,
    key,
    first,
  }: { readonly column: string; readonly key: readonly string[]; readonly first: number },
): Sql {
  const pairs = pairsOf(
    { table: main.name, column, key },
    sql`, ${sql.join(key.map((name) => sql.id(name)))}`,
  )
  return sql`
    select ${first} + _row as cell, 'people' as space, unnest(_units) as unit from (
      select
        row_number() over (order by entered, earlier nulls last, has_left, later nulls last) - 1 as _row,
        list(hash(${peopleOf(main).unit})) as _units
      from (${pairs})
      group by earlier, later, entered, has_left
    )
  `
}
