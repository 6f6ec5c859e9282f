import { checkBudget } from '@sillage/campaign'
import { exactSum, sql } from '@sillage/sql'
import { askTable } from '../../mart/ask-table.ts'
import { meaningOf } from '../../mart/open-mart.ts'
import { customerOf } from '../../mart/purchases.ts'
import type { Block } from '../../report.ts'
import type { MakeSection, SectionFacts } from '../../section-facts.ts'
import { salesOf } from './sales.ts'

/** How many people each kind of event reached, as a share of all of whom something is known; what the campaign costs and brings. */
export const rates: MakeSection = async (facts) => [...(await reached(facts)), ...(await costs(facts))]

async function reached({
  mart,
  main,
  words,
  labels,
  minGroup,
  top,
  disclosure,
}: SectionFacts): Promise<readonly Block[]> {
  const table = mart.tables.find((one) => meaningOf(one, 'event_at') && meaningOf(one, 'event_kind'))
  const customer = table && customerOf(table, main)
  if (!table || !customer) return []
  const kind = meaningOf(table, 'event_kind')!
  const who = sql`cast(${sql.id(customer.name)} as varchar)`
  const asked = await askTable({
    session: mart.session,
    select: (more) => sql`
      select
        cast(${sql.id(kind.name)} as varchar) as kind,
        count(distinct ${who}) as people,
        count(distinct ${who}) / (select count(distinct ${who}) from ${sql.id('main', table.name)}) as share${more()}
      from ${sql.id('main', table.name)}
      where ${sql.id(kind.name)} is not null
      group by 1
      order by people desc, 1
      limit ${top}
    `,
    caption: words.dashboard.rates,
    minGroup,
    disclosure,
    counted: [{ people: 'people', space: 'people', unit: who }],
    totals: { rows: false },
    columns: [
      {
        name: 'kind',
        title: words.dashboard.happened,
        format: 'text',
        label: (value) => labels.value(kind.name, value),
      },
      { name: 'people', title: words.people, format: 'count', people: 'people' },
      { name: 'share', title: words.dashboard.rate, format: 'share', people: 'people' },
    ],
  })
  return asked.rows.length === 0 ? [] : [asked]
}

/** The budget against the people of the mart and against what the offer has sold. */
async function costs(facts: SectionFacts): Promise<readonly Block[]> {
  const { mart, main, words, formats, minGroup, budget } = facts
  const sales = salesOf(facts)
  const offer = meaningOf(sales?.table, 'offer')
  if (!budget || !main || !sales || !offer) return []
  const { currency, total } = checkBudget(budget.value)
  const { people, buyers, sold } = await mart.session.row<{
    people: number
    buyers: number
    sold: string | null
  }>(
    sql`
      select
        (select count(*) from ${sql.id('main', main.name)}) as people,
        count(distinct ${sales.customer}) as buyers,
        cast(${exactSum(sql.id(sales.amount.name), sales.amount.type)} as varchar) as sold
      from ${sql.id('main', sales.table.name)}
      where ${sql.id(offer.name)} is not null
    `.text,
  )
  const cost =
    people === 0
      ? []
      : [
          words.dashboard.cost(
            formats.money(total, currency),
            formats.money(Math.round(total / people), currency),
          ),
        ]
  const isKnown = buyers === 0 || buyers >= minGroup
  const back = isKnown
    ? [
        words.dashboard.returned(
          formats.cell(sold ?? 0, 'money'),
          formats.cell(total === 0 ? 0 : (Number(sold ?? 0) * 100) / total, 'share'),
        ),
      ]
    : []
  return [{ kind: 'headline', sentences: [...cost, ...back] }]
}
