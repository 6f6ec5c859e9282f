import { type Sql, sql } from '@sillage/sql'
import { askTable } from '../mart/ask-table.ts'
import type { Block } from '../report.ts'
import type { MakeSection } from '../section-facts.ts'
import type { Words } from '../words/en.ts'
import { headline } from './headline.ts'
import { rfmCells } from './rfm.ts'
import { segmentTables } from './segments.ts'
import { concentrationFigures } from './value.ts'

/** The first page: where the rows went, customers and value by cell, whom to contact, how concentrated value is. */
export const summary: MakeSection = async (facts) => [
  ...(await headline(facts)),
  ...(await rowFigures(facts)),
  ...(await rejectTable(facts)),
  ...(await concentrationFigures(facts)),
  ...(await rfmCells(facts)),
  ...(facts.sections.has('segments') ? [] : await segmentTables(facts)),
]

/**
 * Rows on the way to the main mart: from its stage back through what each stage accounts for. What a cleaning stage merges is merged; what a
 * score or forecast sums up is summed up. Rows that two stages on this way read are counted as copied.
 */
const rowFigures: MakeSection = async ({ mart, main, words }) => {
  if (!main) return []
  const select = sql`
    with recursive edge as (
      select stage, split_part(cast(reads as varchar), '.', 1) as reads
      from sillage.lineage as l
      where role = (select arg_min(role, rowid) from sillage.lineage where stage = l.stage)
    ),
    way as (
      select stage from sillage.marts where table_name = ${main.name}
      union
      select edge.reads from way join edge using (stage)
    ),
    step as (
      select *, split_part(plugin, '/', 1) in ('score', 'predict') as sums_up
      from sillage.steps join way using (stage)
    ),
    sums as (
      select
        sum(rows_out + rejected) filter (where rows_in is null) as received,
        sum(rejected) as rejected,
        sum(merged) filter (where not sums_up) as merged,
        sum(filtered) as filtered,
        coalesce(sum(merged) filter (where sums_up), 0) as summed_up
      from step
    ),
    copies as (
      select coalesce(sum((readers - 1) * rows_out), 0) as copied
      from step join (select reads as stage, count(*) as readers from edge join way using (stage) group by 1) using (stage)
    )
    select
      received::bigint as received,
      rejected::bigint as rejected,
      merged::bigint as merged,
      filtered::bigint as filtered,
      copied::bigint as copied,
      (received + copied - rejected - merged - filtered)::bigint as kept,
      (received + copied - rejected - merged - filtered - summed_up)::bigint as published,
      (received + copied - rejected - merged - filtered - summed_up - last.rows_out)::bigint as gap
    from sums, copies, (select rows_out from step join sillage.marts using (stage) where table_name = ${main.name}) last
  `
  const [row] = await mart.session.rows(select.text)
  if (!row) return []
  const shown = ['received', 'rejected', 'merged', 'filtered', 'copied', 'kept', 'published', 'gap'] as const
  return [
    {
      kind: 'figures',
      figures: shown
        .filter((name) => name !== 'copied' || row.copied !== 0)
        .map((name) => ({
          label: words.rows[name],
          value: row[name] ?? null,
          format: 'count',
          column: name,
        })),
      sql: select.text,
    },
  ]
}

const rejectTable: MakeSection = async ({ mart, words, labels, minGroup, top }) => {
  const reason = reasonSql(words)
  const select = sql`
    select stage, coalesce(column_name, '–') as column_name, code, ${reason} as message, rows
    from sillage.rejects
    order by rows desc, stage, code, column_name
    limit ${top}
  `
  const table = await askTable({
    session: mart.session,
    select,
    caption: words.rejects.caption,
    minGroup,
    columns: [
      { name: 'stage', title: words.stage, format: 'text', label: labels.stage },
      { name: 'column_name', title: words.column, format: 'text', label: labels.column },
      ...(Object.keys(words.rejects.reasons).length > 0
        ? []
        : [{ name: 'code', title: words.rejects.code, format: 'text' as const }]),
      { name: 'message', title: words.rejects.message, format: 'text' },
      { name: 'rows', title: words.rows.rejected, format: 'count' },
    ],
  })
  const prose: Block = {
    kind: 'prose',
    text: table.rows.length === 0 ? words.rejects.none : words.rejects.note,
  }
  return table.rows.length === 0 ? [prose] : [table, prose]
}

/** The reason in the report's language, with its bound; as the stage says it where that language has no words for it. */
function reasonSql({ rejects: { reasons, bounds } }: Words): Sql {
  const cases = Object.entries(reasons).map(([code, text]) => {
    const bound = bounds[code]
    if (!bound) return sql`when ${code} then ${text}`
    const told = sql`split_part(message, ${bound.after}, -1)`
    return sql`when ${code} then case when contains(message, ${bound.after}) then ${bound.text} || ${inFrench(told)} else ${text} end`
  })
  return cases.length === 0 ? sql`message` : sql`case code ${sql.join(cases, ' ')} else message end`
}

/** A number with a decimal comma, an ISO date as 23/05/2014; other text as it is. */
function inFrench(text: Sql): Sql {
  const day = sql`regexp_replace(${text}, '^(\\d{4})-(\\d\\d)-(\\d\\d)', '\\3/\\2/\\1')`
  return sql`case when regexp_full_match(${text}, '-?\\d+\\.\\d+') then replace(${text}, '.', ',') else ${day} end`
}
