import { exactSum, type Sql, sql } from '@sillage/sql'
import { isHidden } from '../cell.ts'
import { askTable } from '../mart/ask-table.ts'
import { meaningOf } from '../mart/open-mart.ts'
import { countedPeople } from '../mart/units.ts'
import type { Block } from '../report.ts'
import type { MakeSection, SectionFacts } from '../section-facts.ts'
import type { Words } from '../words/en.ts'
import { verdicts } from './warnings.ts'

/** What the fitted models expected of held-out days and what came, how their forecasts are spread, and what they say of themselves. */
export const model: MakeSection = async (facts) => {
  const { mart, words, labels, formats, minGroup } = facts
  const table = await askTable({
    session: mart.session,
    select: sql`
      select stage, replace(node.fullkey[3:], '"', '') as fact, node.atom ->> '$' as value
      from sillage.models, json_tree(cast(model as json)) as node
      where node.type not in ('OBJECT', 'ARRAY') and not starts_with(node.fullkey, '$.holdout.groups') and not starts_with(node.fullkey, '$.findings')
      order by stage, node.id
      limit 100
    `,
    caption: words.model.facts,
    minGroup,
    columns: [
      { name: 'stage', title: words.stage, format: 'text', label: labels.stage },
      { name: 'fact', title: words.model.fact, format: 'text', label: (path) => factName(path, words) },
      {
        name: 'value',
        title: words.model.value,
        format: 'number',
        label: (value) =>
          words.model.factValues[value] ??
          (/^\d{4}-\d\d-\d\d$/.test(value) ? formats.cell(value, 'date') : value),
      },
    ],
  })
  const told = await verdicts(facts)
  if (table.rows.length === 0) return told
  return [
    ...told,
    ...(await triedOut(facts)),
    ...(await forecastFigures(facts)),
    ...(await aliveChart(facts)),
    { ...table, folded: true },
  ]
}

/** What a fact is called: parameters by their letter, of which model. */
function factName(path: string, { model }: Words): string {
  const known = model.factNames[path]
  if (known !== undefined) return known
  const [, part, letter] =
    /^(buying|holdout)\.parameters\.(\w+)$|^(spending)\.(\w)$/.exec(path)?.filter(isText) ?? []
  return part !== undefined && letter !== undefined
    ? model.parameter[part as keyof Words['model']['parameter']](letter)
    : path
}

function isText(value: string | undefined): value is string {
  return value !== undefined
}

async function forecastFigures({ mart, main, words, labels, minGroup }: SectionFacts) {
  const alive = meaningOf(main, 'probability_alive')
  const worth = meaningOf(main, 'lifetime_value')
  const expected = meaningOf(main, 'expected_purchases')
  if (!main || !alive) return []
  const sum = (name: string): Sql => sql`round(${exactSum(sql.id(name), 'DOUBLE')}, 2) as ${sql.id(name)}`
  const select = sql`
    select
      ${sql.lines([
        sql`count(${sql.id(alive.name)}) as people`,
        ...[alive, ...(expected ? [expected] : []), ...(worth ? [worth] : [])].map(({ name }) => sum(name)),
      ])}
    from ${sql.id('main', main.name)}
  `
  const row = await mart.session.row(select.text)
  if (Number(row.people) < minGroup) return []
  const figure = (name: string, label: string, format: 'number' | 'count' | 'money') => ({
    label,
    value: row[name] ?? null,
    format,
    column: name,
  })
  return [
    {
      kind: 'figures' as const,
      figures: [
        figure('people', words.model.scored, 'count'),
        figure(alive.name, words.model.alive, 'number'),
        ...(expected ? [figure(expected.name, words.model.expected, 'number')] : []),
        ...(worth ? [figure(worth.name, words.model.worth(labels.column(worth.name)), 'money')] : []),
      ],
      sql: select.text,
    },
  ]
}

async function aliveChart({ mart, main, words, formats, minGroup, disclosure }: SectionFacts) {
  const alive = meaningOf(main, 'probability_alive')
  if (!main || !alive) return []
  const probability = sql.id(alive.name)
  const { n } = await mart.session.row<{ n: number }>(
    sql`select count(${probability}) as n from ${sql.id('main', main.name)}`.text,
  )
  if (n === 0) return []
  const table = await askTable({
    session: mart.session,
    select: (more) => sql`
      select _tenth / 10 as ${sql.id('from')}, (_tenth + 1) / 10 as below, count(${probability}) as people${more(sql`${probability} is not null`)}
      from (select unnest(range(10)) as _tenth)
      left join ${sql.id('main', main.name)} on least(floor(${probability} * 10), 9) = _tenth
      group by _tenth
      order by _tenth
    `,
    caption: words.model.spread,
    minGroup,
    disclosure,
    counted: countedPeople(main, { people: undefined }),
    columns: [
      { name: 'from', title: words.model.from, format: 'share' },
      { name: 'below', title: words.model.below, format: 'share' },
      { name: 'people', title: words.customers, format: 'count', people: 'people' },
    ],
  })
  return [
    {
      kind: 'chart' as const,
      title: words.model.spread,
      alt: words.model.spreadAlt,
      chart: {
        kind: 'bars' as const,
        categories: table.rows.map(([from]) => formats.cell(from!, 'share').replace(/[.,]0/, '')),
        series: [
          {
            name: words.customers,
            values: table.rows.map(([, , people]) => (typeof people === 'object' ? null : Number(people))),
          },
        ],
        format: 'count' as const,
        horizontal: false,
      },
    },
    { ...table, folded: true },
  ]
}

type Tried = { readonly stage: string; readonly days: number; readonly known_to: string }

/** Purchases that a model expected of days that it did not know, and those that came: a mean for each number of repeat purchases before. */
async function triedOut({ mart, words, labels, formats, minGroup }: SectionFacts): Promise<readonly Block[]> {
  const tried = await mart.session.rows<Tried>(
    "select stage, cast(json_extract_string(model, '$.holdout.days') as integer) as days, json_extract_string(model, '$.holdout.known_to') as known_to from sillage.models where json_extract(model, '$.holdout.groups') is not null order by stage",
  )
  const blocks: Block[] = []
  for (const { stage, days, known_to } of tried) {
    const table = await askTable({
      session: mart.session,
      select: sql`
        select
          repeat_purchases || case when or_more then '+' else '' end as repeats,
          customers as people,
          round(purchases / customers, 3) as came,
          round(purchases_expected / customers, 3) as expected
        from (
          select unnest(from_json(
            json_extract(model, '$.holdout.groups'),
            '[{"repeat_purchases": "INTEGER", "or_more": "BOOLEAN", "customers": "BIGINT", "purchases": "DOUBLE", "purchases_expected": "DOUBLE"}]'
          ), recursive := true)
          from sillage.models
          where stage = ${stage}
        )
        order by repeat_purchases
      `,
      caption: words.model.tried(labels.stage(stage), days),
      minGroup,
      columns: [
        { name: 'repeats', title: words.model.repeats, format: 'text' },
        { name: 'people', title: words.customers, format: 'count', people: 'people' },
        { name: 'came', title: words.model.came, format: 'number', people: 'people' },
        { name: 'expected', title: words.model.foreseen, format: 'number', people: 'people' },
      ],
    })
    const values = (place: number): readonly (number | null)[] =>
      table.rows.map((row) => (isHidden(row[place]!) ? null : Number(row[place])))
    blocks.push(
      {
        kind: 'chart',
        title: table.caption,
        alt: words.model.triedAlt(days),
        chart: {
          kind: 'bars',
          categories: table.rows.map(([repeats]) => String(repeats)),
          series: [
            { name: words.model.came, values: values(2) },
            { name: words.model.foreseen, values: values(3) },
          ],
          format: 'number',
          horizontal: false,
          beside: true,
        },
      },
      { ...table, folded: true },
      { kind: 'prose', text: words.model.triedNote(formats.cell(known_to, 'date'), days) },
    )
  }
  return blocks
}
