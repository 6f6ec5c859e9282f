import { sql } from '@sillage/sql'
import { askTable } from '../mart/ask-table.ts'
import type { Block } from '../report.ts'
import type { SectionFacts } from '../section-facts.ts'

/** What the run warned of, in the words of the report where it has some; nothing for marts of versions that did not tell. */
export async function warningsTable({
  mart,
  words,
  labels,
  minGroup,
}: SectionFacts): Promise<readonly Block[]> {
  const { session } = mart
  const known = await session.rows(
    "select 1 from duckdb_tables() where schema_name = 'sillage' and table_name = 'warnings'",
  )
  if (known.length === 0) return []
  const told = Object.entries(words.warnings.told).map(([code, text]) => sql`when ${code} then ${text}`)
  const table = await askTable({
    session,
    select: sql`
      select stage, case code ${sql.join(told, ' ')} else message end as warning, ${sql.id('count')}
      from sillage.warnings
      order by rowid
    `,
    caption: words.warnings.caption,
    minGroup,
    columns: [
      { name: 'stage', title: words.stage, format: 'text', label: labels.stage },
      { name: 'warning', title: words.warnings.what, format: 'text' },
      { name: 'count', title: words.warnings.count, format: 'count' },
    ],
  })
  return table.rows.length === 0 ? [] : [table]
}

/** What each model finds of its own fit, as a sentence. */
export async function verdicts({ mart, words, labels }: SectionFacts): Promise<readonly Block[]> {
  const models = await mart.session.rows<{ stage: string; findings: string }>(
    "select stage, json_extract(model, '$.findings')::varchar as findings from sillage.models where json_extract(model, '$.findings') is not null order by stage",
  )
  return models.map(({ stage, findings }) => {
    const doubts = (JSON.parse(findings) as readonly Finding[]).filter(({ holds }) => !holds)
    const told = doubts.map(({ code, message }) => words.warnings.told[code] ?? message)
    const { sound, doubtful } = words.warnings
    return {
      kind: 'prose',
      text: told.length === 0 ? sound(labels.stage(stage)) : doubtful(labels.stage(stage), told),
    }
  })
}

interface Finding {
  readonly code: string
  readonly holds: boolean
  readonly message: string
}
