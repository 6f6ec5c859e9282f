import { type DeliveryOptions, sql } from '@sillage/sdk'
import type { Session } from '@sillage/sql'
import type { DeliveryFailure, Sending } from './deliver-port.ts'
import { findTrouble } from './guard.ts'

/** How many rows a sink that sends all of them has, and why it cannot send them: two of one given key, or a null in it. */
export async function wholePayload(
  step: Pick<Sending, 'stage' | 'config' | 'payload' | 'columns' | 'delivery'>,
  session: Session,
): Promise<{ readonly rows: number; readonly trouble: DeliveryFailure | undefined }> {
  const payload = sql.trusted(step.payload)
  const { key: given = [] } = step.config as DeliveryOptions
  // The key of a mart is looked at where the mart is made.
  if (given.length === 0) {
    const { rows } = await session.row<{ rows: number }>(sql`select count(*) as rows from (${payload})`.text)
    return { rows, trouble: undefined }
  }
  const names = given.map((name) => sql.id(name))
  const isNull = sql.join(
    names.map((name) => sql`${name} is null`),
    ' or ',
  )
  const groups = sql`
    select ${sql.join(names)}, count(*) as sillage_rows, ${isNull} as sillage_null
    from (${payload})
    group by ${sql.join(names)}
  `
  const several = sql`sillage_rows > 1 and not sillage_null`
  const { rows, twice, withNull } = await session.row<{ rows: number; twice: number; withNull: number }>(
    sql`
      select
        coalesce(sum(sillage_rows), 0)::bigint as rows,
        coalesce(sum(sillage_rows) filter (where ${several}), 0)::bigint as twice,
        coalesce(sum(sillage_rows) filter (where sillage_null), 0)::bigint as "withNull"
      from (${groups})
    `.text,
  )
  if (twice + withNull === 0) return { rows, trouble: undefined }
  const object = sql.join(names.map((name) => sql`${name}: ${name}`))
  const examples = await session.rows<{ key: string }>(
    sql`select to_json({${object}})::varchar as key from (${groups}) where ${several} order by key limit 3`
      .text,
  )
  const troubles = { twice, withNull, examples: examples.map(({ key }) => key) }
  return { rows, trouble: findTrouble(step, troubles) }
}
