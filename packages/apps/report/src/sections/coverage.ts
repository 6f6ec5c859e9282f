import { isText, type Sql, sql } from '@sillage/sql'
import { type AskedColumn, askTable } from '../mart/ask-table.ts'
import { type MartColumn, meaningOf } from '../mart/open-mart.ts'
import type { MakeSection } from '../section-facts.ts'

/** More fields that have a value in every row are named in a sentence. */
const mostFull = 4

const made = new Set(['segment', 'treatment', 'actions', 'origin'])

/** Which share of the rows has a value, field by field, in all and by origin. */
export const coverage: MakeSection = async ({ mart, main, words, labels, minGroup }) => {
  if (!main) return []
  const fields = main.columns.filter(({ key, meaning }) => !key && !made.has(meaning ?? ''))
  if (fields.length === 0) return []
  const origin = meaningOf(main, 'origin')
  const origins = origin
    ? await mart.session.rows<{ name: string; people: number }>(
        sql`select ${sql.id(origin.name)} as name, count(*) as people from ${sql.id('main', main.name)} where ${sql.id(origin.name)} is not null group by 1 having count(*) >= ${minGroup} order by 2 desc, 1 limit 8`
          .text,
      )
    : []
  const share = (field: MartColumn, where: Sql): Sql =>
    sql`count(*) filter (where ${hasValue(field)} and ${where}) / nullif(count(*) filter (where ${where}), 0)`
  const parts = fields.map((field, index) => {
    const columns = [
      sql`${index} as place`,
      sql`${field.name} as field`,
      sql`${share(field, sql`true`)} as total`,
      ...origins.map(
        ({ name }, number) =>
          sql`${share(field, sql`${sql.id(origin!.name)} = ${name}`)} as ${sql.id(`origin_${number}`)}`,
      ),
    ]
    return sql`select ${sql.join(columns)} from ${sql.id('main', main.name)}`
  })
  const all = sql.join(parts, '\nunion all ')
  const full = await mart.session.rows<{ field: string }>(
    sql`select field from (${all}) where total = 1 order by place`.text,
  )
  const isLong = full.length > mostFull && full.length < fields.length
  const select = sql`
    select * exclude (place) from (
      ${all}
    )
    ${isLong ? sql`where total < 1` : sql.empty}
    order by place
  `
  const columns: readonly AskedColumn[] = [
    { name: 'field', title: words.coverage.field, format: 'text', label: labels.column },
    { name: 'total', title: words.total, format: 'share' },
    ...origins.map(({ name }, index) => ({
      name: `origin_${index}`,
      title: origin ? labels.value(origin.name, name) : name,
      format: 'share' as const,
    })),
  ]
  const table = await askTable({
    session: mart.session,
    select,
    caption: words.coverage.caption,
    columns,
    minGroup,
  })
  const names = full.map(({ field }) => labels.column(field))
  const notes = [...(isLong ? [words.coverage.full(names)] : []), words.coverage.note]
  return [table, { kind: 'prose', text: notes.join(' ') }]
}

function hasValue({ name, type }: MartColumn): Sql {
  const value = sql.id(name)
  if (isText(type)) return sql`trim(cast(${value} as varchar)) <> ''`
  return type.endsWith('[]') ? sql`len(${value}) > 0` : sql`${value} is not null`
}
