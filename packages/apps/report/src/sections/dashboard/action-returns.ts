import { exactSum, type Sql, sql } from '@sillage/sql'
import { type AskedColumn, askTable, type More } from '../../mart/ask-table.ts'
import { type MartColumn, type MartTable, meaningOf } from '../../mart/open-mart.ts'
import { customerOf } from '../../mart/purchases.ts'
import type { MakeSection, SectionFacts } from '../../section-facts.ts'
import { type Sales, salesOf } from './sales.ts'

/** For how many days after an action a purchase counts for it. */
const windowDays = 90

/** A table of events of which some are actions: it says whether they were answered. */
interface Actions {
  readonly table: MartTable
  readonly at: MartColumn
  readonly kind: MartColumn
  readonly customer: MartColumn
  readonly answered: MartColumn
  readonly campaign: MartColumn | undefined
  readonly cost: MartColumn | undefined
}

/**
 * By campaign and action: people reached, people who answered as hoped, what it cost, and the sales that followed. A purchase counts for the
 * last action that reached the person in the 90 days before, so that none counts twice. The cost is null where it is not known of each action.
 */
export const actionReturns: MakeSection = async (facts) => {
  const actions = actionsOf(facts)
  if (!actions) return []
  const { mart, words, labels, formats, minGroup, top, disclosure } = facts
  const sales = salesOf(facts)
  const { campaign, kind, cost } = actions
  const label =
    ({ name }: MartColumn) =>
    (value: string): string =>
      labels.value(name, value)
  const told = words.dashboard.actions
  const columns: readonly AskedColumn[] = [
    ...(campaign
      ? [{ name: 'campaign', title: told.campaign, format: 'text' as const, label: label(campaign) }]
      : []),
    { name: 'kind', title: words.action, format: 'text', label: label(kind) },
    { name: 'people', title: words.people, format: 'count', people: 'people' },
    { name: 'answers', title: told.answers, format: 'count', people: 'answers' },
    { name: 'rate', title: told.rate, format: 'share', people: 'answers' },
    ...(cost
      ? [
          { name: 'cost', title: told.cost, format: 'money' as const, people: 'people' },
          { name: 'cost_per_answer', title: told.each, format: 'money' as const, people: 'answers' },
        ]
      : []),
    ...(sales
      ? [
          { name: 'buyers', title: told.buyers, format: 'count' as const, people: 'buyers' },
          { name: 'sales', title: told.sales(windowDays), format: 'money' as const, people: 'buyers' },
        ]
      : []),
    ...(sales && cost
      ? [{ name: 'sales_per_cost', title: told.back, format: 'number' as const, people: 'buyers' }]
      : []),
  ]
  const counted = [
    { people: 'people', unit: sql`reached` },
    { people: 'answers', unit: sql`answering` },
    ...(sales ? [{ people: 'buyers', unit: sql`buyer` }] : []),
  ]
  const table = await askTable({
    session: mart.session,
    select: (more) => statement(actions, sales, { more, top }),
    caption: told.caption,
    minGroup,
    disclosure,
    counted: counted.map((one) => ({ ...one, space: 'people' })),
    totals: { rows: false },
    columns,
  })
  if (table.rows.length === 0) return []
  const { last } = await mart.session.row<{ last: string }>(
    sql`select cast(cast(max(${sql.id(actions.at.name)}) as date) as varchar) as last from ${sql.id('main', actions.table.name)} where ${sql.id(actions.answered.name)} is not null`
      .text,
  )
  const isOpen = mart.asOf !== null && daysBetween(last, mart.asOf) < windowDays
  const notes = [
    ...(cost ? [told.costNote] : []),
    ...(sales ? [told.salesNote(windowDays)] : []),
    ...(sales && isOpen ? [told.open(windowDays, formats.cell(mart.asOf, 'date'))] : []),
  ]
  return [table, ...(notes.length === 0 ? [] : [{ kind: 'prose' as const, text: notes.join(' ') }])]
}

function actionsOf({ mart, main }: SectionFacts): Actions | undefined {
  const table = mart.tables.find((one) => meaningOf(one, 'event_at') && meaningOf(one, 'event_answered'))
  const at = meaningOf(table, 'event_at')
  const kind = meaningOf(table, 'event_kind')
  const answered = meaningOf(table, 'event_answered')
  const customer = table && customerOf(table, main)
  if (!table || !at || !kind || !answered || !customer) return undefined
  const campaign = meaningOf(table, 'event_campaign')
  return { table, at, kind, customer, answered, campaign, cost: meaningOf(table, 'event_cost') }
}

function statement(
  { table, at, kind, customer, answered, campaign, cost }: Actions,
  sales: Sales | undefined,
  { more, top }: { readonly more: More; readonly top: number },
): Sql {
  const text = (column: MartColumn): Sql => sql`coalesce(cast(${sql.id(column.name)} as varchar), '–')`
  const by = sql.id(campaign ? 'campaign' : 'kind')
  const costed = sql`case when count(cost) = count(reached) then ${exactSum(sql.id('cost'), cost?.type ?? 'DOUBLE')} end`
  return sql`
    with action as (
      select
        cast(${sql.id(customer.name)} as varchar) as who,
        cast(${sql.id(at.name)} as date) as day,
        ${campaign ? text(campaign) : sql`''`} as campaign,
        ${text(kind)} as kind,
        coalesce(${sql.id(answered.name)}, false) as answered,
        ${cost ? sql.id(cost.name) : sql`null`} as cost
      from ${sql.id('main', table.name)}
      where ${sql.id(answered.name)} is not null and ${sql.id(customer.name)} is not null
    ),
    told as (
      select campaign, kind, who as reached, case when answered then who end as answering, cost, null as buyer, null as amount
      from action
      ${
        sales
          ? sql`union all
${followed(sales)}`
          : sql.empty
      }
    )
    select
      ${sql.lines([
        ...(campaign ? [sql.id('campaign')] : []),
        sql`kind`,
        sql`count(distinct reached) as people`,
        sql`count(distinct answering) as answers`,
        sql`count(distinct answering) / count(distinct reached) as rate`,
        ...(cost
          ? [
              sql`${costed} as cost`,
              sql`round(${costed} / nullif(count(distinct answering), 0), 2) as cost_per_answer`,
            ]
          : []),
        ...(sales
          ? [
              sql`count(distinct buyer) as buyers`,
              sql`coalesce(${exactSum(sql.id('amount'), sales.amount.type)}, 0) as sales`,
            ]
          : []),
        ...(sales && cost
          ? [
              sql`round(coalesce(${exactSum(sql.id('amount'), sales.amount.type)}, 0) / nullif(${costed}, 0), 1) as sales_per_cost`,
            ]
          : []),
      ])}${more()}
    from told
    group by all
    order by ${by}, kind
    limit ${top}
  `
}

/** What was bought or given back within the window, each under the last action that reached the person before. */
function followed({ table, at, customer, amount }: Sales): Sql {
  return sql`
    select campaign, kind, null, null, null, who, amount
    from (
      select a.campaign, a.kind, b.who, b.amount, row_number() over (partition by b.line order by a.day desc, a.campaign, a.kind) as nearest
      from (
        select row_number() over () as line, cast(${customer} as varchar) as who, cast(${at} as date) as day, ${sql.id(amount.name)} as amount
        from ${sql.id('main', table.name)}
      ) b
      join action a on a.who = b.who and b.day between a.day and a.day + ${windowDays}
    )
    where nearest = 1
  `
}

function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(to.slice(0, 10)) - Date.parse(from)) / 86_400_000)
}
