import type { Session } from '@sillage/sql'
import { type Sql, sql } from '@sillage/sql'
import { due } from './due.ts'
import { type DueRows, groupRows } from './due-rows.ts'

/** How many rows are due in each stretch of a payload, so that the messages of a wave are cut from the stretches that hold them alone. */
export interface DueStretches {
  /** In the order of the payload; stretches in which nothing is due are left out. */
  readonly stretches: readonly { readonly stretch: number; readonly rows: number }[]
  /** Rows that are due, removals among them. */
  readonly rows: number
}

export async function dueStretches(session: Session, rows: DueRows): Promise<DueStretches> {
  const stretches = await session.rows<{ stretch: number; rows: number }>(
    sql`select position // ${groupRows} as stretch, count(*) as rows from ${rows.all} where state = ${due} group by stretch order by stretch`
      .text,
  )
  return { stretches, rows: stretches.reduce((sum, one) => sum + one.rows, 0) }
}

/** Messages, counted from 0 in the order of the payload: from one on, up to and without another. */
export interface MessageRange {
  readonly from: number
  readonly until: number
  /** Due rows in a message. */
  readonly size: number
}

/** The due rows of some messages: the columns of `DueRows`, with `number`, that of the message. */
export function rowsOfMessages(
  rows: DueRows,
  { stretches }: DueStretches,
  { from, until, size }: MessageRange,
): Sql {
  let before = 0
  let start = 0
  let first: number | undefined
  let last = 0
  for (const one of stretches) {
    if (start + one.rows <= from * size) before += one.rows
    else if (start < until * size) {
      first ??= one.stretch
      last = one.stretch
    }
    start += one.rows
  }
  if (first === undefined) return sql`select *, 0::bigint as number from ${rows.all} where false`
  return sql`
    select *, (${before} + row_number() over (order by position) - 1) // ${size} as number
    from ${rows.all}
    where state = ${due}
      and position >= ${first}::bigint * ${groupRows}
      and position < ${last + 1}::bigint * ${groupRows}
    qualify number >= ${from} and number < ${until}
  `
}

/** Cuts messages of numbered due rows: `id, number, rows, removed, lines, gone`. The salt is what ids are of, beside the text and what was known before. */
export function cutMessages(
  numbered: Sql,
  { salt, mirrors }: { readonly salt: string; readonly mirrors: boolean },
): Sql {
  const gone = mirrors
    ? sql`'[' || coalesce(string_agg(key, ',' order by position) filter (removed), '') || ']'`
    : sql`'[]'`
  return sql`
    select
      md5(${salt} || lines || gone || coalesce(prior, 0)) as id,
      number,
      rows,
      removed,
      lines,
      gone
    from (
      select
        number,
        count(*) filter (not due.removed) as rows,
        count(*) filter (due.removed) as removed,
        '[' || coalesce(string_agg(line, ',' order by position), '') || ']' as lines,
        ${gone} as gone,
        sum(hash(due.prior)::hugeint) filter (due.prior is not null) as prior
      from (${numbered}) due
      group by number
    )
  `
}
