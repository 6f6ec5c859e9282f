import type { RejectRecord } from '@sillage/ledger'
import type { SourceStep, Suppressed } from '@sillage/plan'
import { placeColumns, type Sql, sql } from '@sillage/sdk'
import { canonicalSql, keySeparator, type Session } from '@sillage/sql'
import { suppressionPads } from '@sillage/state'

/** Gives the session the padded keys of the hash, as variables: they enter no statement and no view. `list` is the file of who asked. */
export async function prepareSuppression(
  session: Session,
  { suppressed }: Pick<SourceStep, 'suppressed'>,
  list: string,
): Promise<void> {
  if (suppressed.length === 0) return
  const { inner, outer } = suppressionPads(list)
  await session.run(`set variable sillage_inner = from_hex('${inner}')`)
  await session.run(`set variable sillage_outer = from_hex('${outer}')`)
}

/**
 * The rows of a scan; of people who asked to be forgotten only that there is a row (`_forgotten`, every value null), so that rows keep
 * their positions and are counted, and nothing of these people is stored.
 */
export function withoutSuppressed(
  select: string,
  step: Pick<SourceStep, 'suppressed' | 'columns' | 'provenance' | 'rejects'>,
): string {
  const { suppressed, columns, provenance, rejects } = step
  if (suppressed.length === 0) return select
  const names = [
    ...columns.map((column) => column.name),
    ...(provenance ? placeColumns : []),
    ...(rejects.length > 0 ? ['_raw'] : []),
  ]
  const list = names.map((name) => sql`case when not _forgotten then ${sql.id(name)} end as ${sql.id(name)}`)
  const bits = rejects.length > 0 ? [sql`case when not _forgotten then _reject else 0 end as _reject`] : []
  return `select ${sql.join([...list, ...bits, sql`_forgotten`]).text}
from (select *, (${areForgotten(step).text}) as _forgotten from (${select}))`
}

/** True for rows of people who asked to be forgotten, after `prepareSuppression`. */
export function areForgotten({ suppressed }: Pick<SourceStep, 'suppressed'>): Sql {
  return suppressed.length === 0 ? sql`false` : sql.join(suppressed.map(isForgotten), ' or ')
}

/** HMAC-SHA256 (RFC 2104) of the values, among the hashes of the list. A row without a value is nobody's. */
function isForgotten({ columns, hashes }: Suppressed) {
  const value = sql.join(
    columns.map((column) => canonicalSql(sql.id(column))),
    ` || '${keySeparator}' || `,
  )
  const inner = sql`from_hex(sha256(getvariable('sillage_inner') || encode(${value})))`
  return sql`coalesce(sha256(getvariable('sillage_outer') || ${inner}) in (select unnest(${sql.list(hashes)})), false)`
}

/** How many rows were kept out, as the rejects of a run tell it; they count as filtered, since nothing is wrong with them. */
export function suppressedRecord(stage: string, rows: number): RejectRecord {
  return { stage, code: 'suppressed', column_name: null, message: 'The row is of a forgotten person', rows }
}
