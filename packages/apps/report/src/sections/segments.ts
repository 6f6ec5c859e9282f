import { exactSum, type Sql, sql } from '@sillage/sql'
import { isHidden } from '../cell.ts'
import { type AskedColumn, askTable, type More } from '../mart/ask-table.ts'
import { type MartColumn, type MartTable, meaningOf } from '../mart/open-mart.ts'
import { topGroups } from '../mart/top-groups.ts'
import { countedPeople } from '../mart/units.ts'
import type { Block } from '../report.ts'
import type { MakeSection, SectionFacts } from '../section-facts.ts'
import { segmentColumn } from './segment-column.ts'

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
  const { mart, main, words, labels, minGroup, top, disclosure } = facts
  const segment = treatedSegment(main)
  const treatment = meaningOf(main, 'treatment')
  if (!main || !segment) return []
  if (!treatment) return []
  const actions = meaningOf(main, 'actions')
  const contact = actions && contactColumns(facts, main)
  const action = actions
    ? sql`unnest(case when len(${sql.id(actions.name)}) > 0 then ${sql.id(actions.name)} else [null] end)`
    : sql`null::varchar`
  const select = (more: More): Sql => sql`
    with grouped as (
      ${topGroups({ from: sql.id('main', main.name), column: segment.name, as: '_segment', top, others: words.others })}
    )
    select
      _segment as segment,
      ${sql.id(treatment.name)} as treatment,
      _action as action,
      count(*) as people${contact ? sql`,\n${contact.select}` : sql.empty}${more()}
    from (select *, ${action} as _action from grouped)
    group by _segment, ${sql.id(treatment.name)}, _action
    order by segment, treatment, action nulls last
  `
  const columns: readonly AskedColumn[] = [
    {
      name: 'segment',
      title: words.segment,
      format: 'text',
      label: (value) => labels.segment(segment.name, value),
    },
    {
      name: 'treatment',
      title: words.treatment,
      format: 'text',
      label: (value) => labels.value(treatment.name, value),
    },
    {
      name: 'action',
      title: words.action,
      format: 'text',
      label: (value) => labels.value('actions', value),
    },
    { name: 'people', title: words.people, format: 'count', people: 'people' },
    ...(contact?.columns ?? []),
  ]
  return [
    await askTable({
      session: mart.session,
      select,
      caption: contact ? words.segments.treatments : words.segments.treated,
      columns,
      minGroup,
      disclosure,
      counted: countedPeople(main, { people: undefined, ...contact?.conditions }),
      totals: contact ? { across: contact.columns.map(({ name }) => name) } : {},
    }),
    ...(contact ? [{ kind: 'prose' as const, text: words.segments.contactNote }] : []),
  ]
}

/** Who is excluded from an action by consent or for want of an address; undefined where no action has a channel. */
function contactColumns(
  { actions, words }: SectionFacts,
  main: MartTable,
):
  | {
      readonly select: Sql
      readonly columns: readonly AskedColumn[]
      /** Who is counted in each column. */
      readonly conditions: Readonly<Record<string, Sql>>
    }
  | undefined {
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
  const conditions = {
    no_consent: of(({ agreed }) => sql`not ${agreed}`),
    no_address: of(({ agreed, reachable }) => sql`${agreed} and not ${reachable}`),
    to_contact: of(({ agreed, reachable }) => sql`${agreed} and ${reachable}`),
  }
  return {
    conditions,
    select: sql.lines(Object.entries(conditions).map(([name, condition]) => count(condition, name))),
    columns: (['no_consent', 'no_address', 'to_contact'] as const).map((name) => ({
      name,
      title: words.segments[name],
      format: 'count',
      people: name,
    })),
  }
}

async function sizes(
  { mart, words, labels, minGroup, top, disclosure }: SectionFacts,
  main: MartTable,
  segment: MartColumn,
): Promise<readonly Block[]> {
  const value = meaningOf(main, 'monetary')
  const select = (more: More): Sql => sql`
    with grouped as (
      ${topGroups({ from: sql.id('main', main.name), column: segment.name, as: '_segment', top, others: words.others })}
    )
    select
      _segment as segment,
      count(*) as people,
      count(*) / sum(count(*)) over () as share${value ? sql`,\n${exactSum(sql.id(value.name), value.type)} as value` : sql.empty}${more()}
    from grouped
    group by _segment
    order by people desc, segment
  `
  const table = await askTable({
    session: mart.session,
    select,
    caption: words.segments.sizes(labels.column(segment.name)),
    minGroup,
    disclosure,
    counted: countedPeople(main, { people: undefined }),
    columns: [
      segmentColumn(segment.name, labels),
      { name: 'people', title: words.people, format: 'count', people: 'people' },
      { name: 'share', title: words.share, format: 'share', people: 'people' },
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
  const names = table.rows.map(([name]) => String(name))
  const valued = value ? table.rows.filter((row) => row.at(-1) !== null) : []
  const people = table.rows.map(([, count]) => (isHidden(count!) ? null : Number(count)))
  return [
    {
      kind: 'chart',
      title: words.segments.sizes(labels.column(segment.name)),
      alt: words.segments.sizesAlt(labels.column(segment.name), names.length, names[0] ?? '–'),
      chart: {
        kind: 'bars',
        categories: names,
        series: [{ name: words.people, values: people }],
        format: 'count',
        horizontal: true,
      },
    },
    ...(valued.length > 0
      ? [
          {
            kind: 'chart' as const,
            title: words.segments.value(labels.column(segment.name)),
            alt: words.segments.valueAlt(labels.column(segment.name)),
            chart: {
              kind: 'bars' as const,
              categories: valued.map(([name]) => String(name)),
              series: [
                {
                  name: words.value.value,
                  values: valued.map((row) => {
                    const sum = row.at(-1)
                    return sum === undefined || isHidden(sum) ? null : Number(sum)
                  }),
                },
              ],
              format: 'money' as const,
              horizontal: true,
            },
          },
        ]
      : []),
    { ...table, folded: true },
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
