import { sql } from '@sillage/sql'
import { isHidden } from '../cell.ts'
import { askTable, type More } from '../mart/ask-table.ts'
import { meaningOf } from '../mart/open-mart.ts'
import { countedPeople } from '../mart/units.ts'
import type { Block } from '../report.ts'
import type { MakeSection, SectionFacts } from '../section-facts.ts'
import { treatedSegment } from './segments.ts'
import { rankedValue } from './value.ts'

/** How much of all value the sentence about concentration is about. */
const most = 0.8

/** What the report comes to, in a few sentences: how many people, the largest segment, how many bring most of the value. */
export const headline: MakeSection = async (facts) => {
  const parts = [await peopleSentence(facts), await valueSentence(facts)].flat()
  const sentences = parts.map(({ text }) => text)
  if (sentences.length === 0) return []
  const statement = parts.find(({ sql }) => sql !== undefined)?.sql
  const block: Block = { kind: 'headline', sentences, ...(statement === undefined ? {} : { sql: statement }) }
  return [block]
}

interface Sentence {
  readonly text: string
  readonly sql?: string
}

async function peopleSentence(facts: SectionFacts): Promise<readonly Sentence[]> {
  const { mart, main, words, labels, formats, minGroup, disclosure } = facts
  const segment = treatedSegment(main)
  if (!main || !segment) return []
  const table = await askTable({
    session: mart.session,
    select: (more: More) => sql`
      select coalesce(cast(${sql.id(segment.name)} as varchar), '–') as segment, count(*) as people, sum(count(*)) over () as all_people${more()}
      from ${sql.id('main', main.name)}
      group by 1
      order by people desc, 1
      limit 1
    `,
    caption: '',
    minGroup,
    disclosure,
    counted: countedPeople(main, { people: undefined }),
    totals: { rows: false },
    columns: [
      {
        name: 'segment',
        title: '',
        format: 'text',
        label: (value) => labels.segment(segment.name, value),
      },
      { name: 'people', title: '', format: 'count', people: 'people' },
      { name: 'all_people', title: '', format: 'count' },
    ],
  })
  const [name, people, all] = table.rows[0] ?? []
  if (people === undefined || isHidden(people) || all === undefined) return []
  const text = words.headline.people({
    all: formats.cell(all, 'count'),
    people: formats.cell(people, 'count'),
    segment: String(name),
    share: formats.cell(Number(people) / Number(all), 'share'),
  })
  return [{ text, sql: table.sql! }]
}

/** The smallest share of the customers, the dearest first, that brings four fifths of the value: derived, not assumed. */
async function valueSentence({
  mart,
  main,
  words,
  formats,
  minGroup,
}: SectionFacts): Promise<readonly Sentence[]> {
  const ranked = rankedValue(main)
  if (!ranked || !meaningOf(main, 'monetary')) return []
  const { customers, needed } = await mart.session.row<{ customers: number | null; needed: number | null }>(
    sql`
      with ${ranked},
      summed as (
        select place, n, sum(value) over (order by place) >= ${most} * total as is_enough from ranked
      )
      select any_value(n) as customers, min(place) filter (where is_enough) as needed from summed
    `.text,
  )
  if (customers === null || needed === null || needed < minGroup) return []
  return [
    {
      text: words.headline.concentration({
        share: formats.cell(needed / customers, 'share'),
        needed: formats.cell(needed, 'count'),
        customers: formats.cell(customers, 'count'),
        value: formats.cell(most, 'share'),
        isPareto: needed / customers <= 0.22,
      }),
    },
  ]
}
