import { exactSum, type Sql, sql } from '@sillage/sql'
import { type AskedColumn, askTable, type More } from '../mart/ask-table.ts'
import { meaningOf } from '../mart/open-mart.ts'
import { topGroups } from '../mart/top-groups.ts'
import { countedPeople } from '../mart/units.ts'
import type { MakeSection } from '../section-facts.ts'
import { segmentColumn } from './segment-column.ts'
import { treatedSegment } from './segments.ts'
import { verdicts } from './warnings.ts'

/**
 * What customers are expected to bring, by segment, with the verdict on the model that says so; where no column tells it, or the data carry
 * no model, that in words.
 */
export const lifetime: MakeSection = async (facts) => {
  const { mart, main, words, labels, minGroup, top, disclosure, sections } = facts
  const worth = meaningOf(main, 'lifetime_value')
  if (!main || !worth) return [{ kind: 'prose', text: words.value.noForecast }]
  const told = sections.has('model') ? [] : await verdicts(facts)
  const segment = treatedSegment(main)
  const { n } = await mart.session.row<{ n: number }>(
    sql`select count(${sql.id(worth.name)}) as n from ${sql.id('main', main.name)}`.text,
  )
  if (n === 0) return [...told, { kind: 'prose', text: words.value.emptyForecast }]
  if (!segment) return told
  const alive = meaningOf(main, 'probability_alive')
  const expected = meaningOf(main, 'expected_purchases')
  const sum = (name: string, digits: number): Sql =>
    sql`round(${exactSum(sql.id(name), 'DOUBLE')}, ${digits})`
  const number = (name: string, title: string, format: 'number' | 'money'): AskedColumn => ({
    name,
    title,
    format,
    people: 'people',
  })
  const table = await askTable({
    session: mart.session,
    select: (more: More) => sql`
      with grouped as (
        ${topGroups({ from: sql.id('main', main.name), column: segment.name, as: '_segment', top, others: words.others })}
      )
      select
        ${sql.lines([
          sql`_segment as segment`,
          sql`count(*) as people`,
          ...(alive ? [sql`${sum(alive.name, 1)} as alive`] : []),
          ...(expected ? [sql`${sum(expected.name, 1)} as expected`] : []),
          sql`${sum(worth.name, 2)} as value`,
          sql`round(${exactSum(sql.id(worth.name), 'DOUBLE')} / count(*), 2) as mean`,
        ])}${more()}
      from grouped
      where ${sql.id(worth.name)} is not null
      group by _segment
      order by value desc, segment
    `,
    caption: words.value.forecast(labels.column(worth.name)),
    minGroup,
    disclosure,
    counted: countedPeople(main, { people: undefined }),
    columns: [
      segmentColumn(segment.name, labels),
      { name: 'people', title: words.customers, format: 'count', people: 'people' },
      ...(alive ? [number('alive', words.model.alive, 'number')] : []),
      ...(expected ? [number('expected', words.model.expected, 'number')] : []),
      number('value', words.valueOf(labels.column(worth.name)), 'money'),
      number('mean', words.value.mean, 'money'),
    ],
  })
  return [...told, table, { kind: 'prose', text: words.value.forecastNote }]
}
