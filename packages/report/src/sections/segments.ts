import { exactSum, type Sql, sql } from '@sillage/sql'
import { isHidden } from '../cell.ts'
import { type AskedColumn, askTable } from '../mart/ask-table.ts'
import { type MartColumn, type MartTable, meaningOf } from '../mart/open-mart.ts'
import { topGroups } from '../mart/top-groups.ts'
import type { Block } from '../report.ts'
import type { MakeSection, SectionFacts } from '../section-facts.ts'

/** How large each segment is, in people and in value. */
export const segments: MakeSection = async (facts) => {
  const { main } = facts
  const columns = segmentColumns(main)
  if (!main || columns.length === 0) return []
  const blocks = await Promise.all(columns.map((column) => sizes(facts, main, column)))
  return [...blocks.flat(), ...(await segmentTables(facts))]
}

/** Segment × treatment × action × people × to contact, where the segments have a treatment. */
export const segmentTables: MakeSection = async (facts) => {
  const { mart, main, words, minGroup, top } = facts
  const segment = treatedSegment(main)
  const treatment = meaningOf(main, 'treatment')
  if (!main || !segment) return []
  if (!treatment) return []
  const actions = meaningOf(main, 'actions')
  const contact = actions && contactColumns(facts, main)
  const action = actions
    ? sql`unnest(case when len(${sql.id(actions.name)}) > 0 then ${sql.id(actions.name)} else [null] end)`
    : sql`null::varchar`
  const select = sql`
    with grouped as (
      ${topGroups({ from: sql.id('main', main.name), column: segment.name, as: '_segment', top, others: words.others })}
    )
    select
      _segment as segment,
      ${sql.id(treatment.name)} as treatment,
      _action as action,
      count(*) as people${contact ? sql`,\n${contact.select}` : sql.empty}
    from (select *, ${action} as _action from grouped)
    group by _segment, ${sql.id(treatment.name)}, _action
    order by segment, treatment, action nulls last
  `
  const columns: readonly AskedColumn[] = [
    { name: 'segment', title: words.segment, format: 'text' },
    { name: 'treatment', title: words.treatment, format: 'text' },
    { name: 'action', title: words.action, format: 'text' },
    { name: 'people', title: words.people, format: 'count', people: 'people' },
    ...(contact?.columns ?? []),
  ]
  return [
    await askTable({
      session: mart.session,
      select,
      caption: words.segments.treatments,
      columns,
      minGroup,
      totals: contact ? { across: contact.columns.map(({ name }) => name) } : {},
    }),
    ...(contact ? [{ kind: 'prose' as const, text: words.segments.contactNote }] : []),
  ]
}

/** Who is excluded from an action by consent or for want of an address; undefined where no action has a channel. */
function contactColumns(
  { actions, words }: SectionFacts,
  main: MartTable,
): { readonly select: Sql; readonly columns: readonly AskedColumn[] } | undefined {
  const known = Object.entries(actions).flatMap(([action, channel]) => {
    const consent = meaningOf(main, `consent.${channel}`)
    const addresses = main.columns.filter(({ meaning }) => meaning === `address.${channel}`)
    if (!consent && addresses.length === 0) return []
    const agreed = consent ? sql`coalesce(${sql.id(consent.name)}, false)` : sql`true`
    const reachable =
      addresses.length > 0
        ? sql`(${sql.join(
            addresses.map(({ name }) => sql`${sql.id(name)} is not null`),
            ' or ',
          )})`
        : sql`true`
    return [{ action, agreed, reachable }]
  })
  if (known.length === 0) return undefined
  const of = (pick: (one: (typeof known)[number]) => Sql): Sql =>
    sql`case _action ${sql.join(
      known.map((one) => sql`when ${one.action} then ${pick(one)}`),
      ' ',
    )} end`
  const count = (condition: Sql, name: string): Sql =>
    sql`case when count(${condition}) > 0 then count(*) filter (where ${condition}) end as ${sql.id(name)}`
  return {
    select: sql.lines([
      count(
        of(({ agreed }) => sql`not ${agreed}`),
        'no_consent',
      ),
      count(
        of(({ agreed, reachable }) => sql`${agreed} and not ${reachable}`),
        'no_address',
      ),
      count(
        of(({ agreed, reachable }) => sql`${agreed} and ${reachable}`),
        'to_contact',
      ),
    ]),
    columns: (['no_consent', 'no_address', 'to_contact'] as const).map((name) => ({
      name,
      title: words.segments[name],
      format: 'count',
      people: name,
    })),
  }
}

async function sizes(
  { mart, words, minGroup, top }: SectionFacts,
  main: MartTable,
  segment: MartColumn,
): Promise<readonly Block[]> {
  const value = meaningOf(main, 'monetary')
  const select = sql`
    with grouped as (
      ${topGroups({ from: sql.id('main', main.name), column: segment.name, as: '_segment', top, others: words.others })}
    )
    select
      _segment as segment,
      count(*) as people,
      count(*) / sum(count(*)) over () as share${value ? sql`,\n${exactSum(sql.id(value.name), value.type)} as value` : sql.empty}
    from grouped
    group by _segment
    order by people desc, segment
  `
  const table = await askTable({
    session: mart.session,
    select,
    caption: words.segments.sizes(segment.name),
    minGroup,
    columns: [
      { name: 'segment', title: segment.name, format: 'text' },
      { name: 'people', title: words.people, format: 'count', people: 'people' },
      { name: 'share', title: words.share, format: 'share', people: 'people' },
      ...(value
        ? [{ name: 'value', title: words.valueOf(value.name), format: 'money' as const, people: 'people' }]
        : []),
    ],
  })
  const names = table.rows.map(([name]) => String(name))
  const people = table.rows.map(([, count]) => (isHidden(count!) ? null : Number(count)))
  return [
    {
      kind: 'chart',
      title: words.segments.sizes(segment.name),
      alt: words.segments.sizesAlt(segment.name, names.length, names[0] ?? '–'),
      chart: {
        kind: 'bars',
        categories: names,
        series: [{ name: words.people, values: people }],
        format: 'count',
        horizontal: true,
      },
    },
    table,
  ]
}

export function segmentColumns(table: MartTable | undefined): readonly MartColumn[] {
  return table?.columns.filter(({ meaning }) => meaning === 'segment') ?? []
}

/** The treatment belongs to the segment before it. */
export function treatedSegment(table: MartTable | undefined): MartColumn | undefined {
  const columns = table?.columns ?? []
  const treatment = columns.findIndex(({ meaning }) => meaning === 'treatment')
  const before = treatment < 0 ? columns : columns.slice(0, treatment)
  return segmentColumns(table).findLast((column) => before.includes(column))
}
