import { checkBudget } from '@sillage/campaign'
import { type Sql, sql } from '@sillage/sql'
import type { MakeSection } from '../section-facts.ts'
import type { Words } from '../words/en.ts'
import { findingText } from '../words/finding-text.ts'

/** The lines of the budget with their shares, and what its sums say. */
export const budget: MakeSection = async ({ budget, words, formats }) => {
  if (!budget) return []
  const { isPublished, hasChanged } = budget
  const check = checkBudget(budget.value)
  const money = (cents: number): string => formats.money(cents, check.currency)
  const share = (permille: number): string => formats.cell(permille / 1000, 'share')
  return [
    {
      kind: 'findings',
      items: [
        ...(hasChanged ? [{ text: words.budget.changed, warns: true }] : []),
        ...check.findings.map((finding) => findingText(finding, { words, money })),
      ],
      ...(isPublished ? { sql: sums(words).text } : {}),
    },
    {
      kind: 'chart',
      title: words.budget.lines,
      alt: words.budget.alt(check.lines.length, money(check.total)),
      chart: {
        kind: 'pie',
        slices: check.lines.map(({ name, cents, permille }) => ({
          name,
          value: cents / 100,
          label: `${name}\n${money(cents)} (${share(permille)})`,
        })),
      },
    },
    {
      kind: 'table',
      folded: true,
      caption: words.budget.lines,
      columns: [
        { title: words.budget.line, format: 'text', column: 'name' },
        { title: words.budget.amount, format: 'written', column: 'amount' },
        { title: words.share, format: 'share', column: 'share' },
      ],
      rows: [
        ...check.lines.map(({ name, cents, permille }) => [name, money(cents), permille / 1000]),
        [words.total, money(check.total), check.total === 0 ? 0 : 1],
      ],
      ...(isPublished ? { sql: lineList(words.total).text } : {}),
    },
    ...(check.split.length === 0
      ? []
      : [
          {
            kind: 'table' as const,
            caption: words.budget.split,
            columns: [
              { title: words.budget.part, format: 'text' as const, column: 'part' },
              { title: words.share, format: 'share' as const, column: 'share' },
              { title: words.budget.amount, format: 'written' as const, column: 'amount' },
            ],
            rows: check.split.map(({ name, percent, cents }) => [
              words.budget.parts[name] ?? name,
              percent / 100,
              money(cents),
            ]),
            ...(isPublished ? { sql: splitList(words).text } : {}),
          },
        ]),
  ]
}

function lineList(total: string): Sql {
  return sql`
    select name, amount, coalesce(amount / nullif(sum(amount) over (), 0), 0) as share
    from sillage.budget_lines
    union all by name
    select ${total} as name, coalesce(sum(amount), 0) as amount, case when sum(amount) > 0 then 1 else 0 end as share
    from sillage.budget_lines
  `
}

/** Each part to the cent; the last one takes what is left. */
function splitList(words: Words): Sql {
  const known = Object.entries(words.budget.parts).map(([part, text]) => sql`when ${part} then ${text}`)
  return sql`
    with parts as (
      select
        rowid as place,
        case part ${sql.join(known, ' ')} else part end as part,
        percent / 100 as share,
        percent,
        (select coalesce(sum(amount), 0) from sillage.budget_lines) as total
      from sillage.budget_split
    ),
    rounded as (
      select *, cast(round(cast(total * 100 as double) * percent / 100) / 100 as decimal(18, 2)) as amount from parts
    )
    select
      part,
      share,
      case when place < max(place) over () then amount else total - sum(amount) over () + amount end as amount
    from rounded
    order by place
  `
}

/** The sums that the sentences speak of: stated sums and details against their lines, totals, and what is left of the envelope. */
function sums(words: Words): Sql {
  return sql`
    select *, stated - by_lines as gap from (
      select
        name,
        amount as stated,
        (select coalesce(sum(amount), 0) from sillage.budget_lines where list_contains(lines, line)) as by_lines
      from sillage.budget_stated
      union all by name
      select
        ${words.total} as name,
        sum(amount) as stated,
        (select coalesce(sum(amount), 0) from sillage.budget_lines) as by_lines
      from sillage.budget_stated
      having count(*) > 0
      union all by name
      select name, amount as stated, sum(quantity * price) as by_lines
      from sillage.budget_lines join sillage.budget_details using (line)
      group by line, name, amount
      having sum(quantity * price) <> amount
      union all by name
      select
        ${words.budget.leftOver} as name,
        envelope - (select sum(amount) from sillage.budget_stated) as stated,
        envelope - (select coalesce(sum(amount), 0) from sillage.budget_lines) as by_lines
      from sillage.budget
      where envelope is not null
    )
  `
}
