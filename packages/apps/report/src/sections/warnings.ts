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

/** A verdict on each model, a sentence or two: what it finds of its own fit, and how it did on days that it was not told. */
export async function verdicts({ mart, words, labels, formats }: SectionFacts): Promise<readonly Block[]> {
  const models = await mart.session.rows<{
    stage: string
    findings: string | null
    holdout: string | null
  }>(
    "select stage, json_extract(model, '$.findings')::varchar as findings, json_extract(model, '$.holdout')::varchar as holdout from sillage.models order by stage",
  )
  if (models.length === 0) return []
  const { verdict, told } = words.warnings
  const items = models.map(({ stage, findings, holdout }) => {
    const name = labels.stage(stage)
    if (findings === null) return { text: verdict.silent(name), warns: true }
    const doubts = (JSON.parse(findings) as readonly Finding[])
      .filter(({ holds }) => !holds)
      .map(({ code, message }) => told[code] ?? message)
    const tried = triedText(holdout, { formats, words })
    const text = doubts.length === 0 ? verdict.sound(name) : verdict.doubtful(name, doubts)
    return { text: [text, ...tried].join(' '), warns: doubts.length > 0 }
  })
  return [{ kind: 'findings', items }]
}

function triedText(
  text: string | null,
  { formats, words }: Pick<SectionFacts, 'formats' | 'words'>,
): readonly string[] {
  const tried = text === null ? {} : (JSON.parse(text) as Partial<Tried>)
  const { days, purchases, purchases_expected, mean_squared_error, mean_squared_error_of_mean } = tried
  if (
    days === undefined ||
    purchases === undefined ||
    purchases_expected === undefined ||
    mean_squared_error === undefined ||
    !mean_squared_error_of_mean
  )
    return []
  return [
    words.warnings.verdict.tried({
      days,
      came: formats.cell(purchases, 'count'),
      expected: formats.cell(Math.round(purchases_expected), 'count'),
      error: formats.cell(mean_squared_error, 'number'),
      errorOfMean: formats.cell(mean_squared_error_of_mean, 'number'),
    }),
  ]
}

interface Finding {
  readonly code: string
  readonly holds: boolean
  readonly message: string
}

/** What a model says of days that it was not told; an own plugin's may say less. */
interface Tried {
  readonly days: number
  readonly purchases: number
  readonly purchases_expected: number
  readonly mean_squared_error: number
  readonly mean_squared_error_of_mean: number
}
