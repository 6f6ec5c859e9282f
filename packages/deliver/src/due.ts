import type { Column, DeliveryMode } from '@sillage/sdk'
import { type Sql, sql } from '@sillage/sql'
import type { Session } from '@sillage/store'
import { rowJson } from './row-json.ts'

/** What a sink wants to deliver, and to whom. */
export interface Payload {
  readonly select: Sql
  readonly columns: readonly Column[]
  /** None: a row is known by all that it holds. */
  readonly key: readonly string[]
  readonly mode: DeliveryMode
}

/** How the rows of a payload stand with the receiver. `rows` = `due` + `known` + `refused` + `unknown`, without equal rows. */
export interface DueCounts {
  /** Rows of the payload, equal ones counted once where no key was given. */
  readonly rows: number
  /** Equal rows beyond the first. */
  readonly merged: number
  /** New, changed, or told again. */
  readonly due: number
  /** Already there. */
  readonly known: number
  /** Of these, the ones that the given run told. */
  readonly fresh: number
  /** Refused before, and the same as then. */
  readonly refused: number
  /** Of which it cannot be known whether they were sent. */
  readonly unknown: number
  /** Keys that are gone and are to be told as removed. */
  readonly removed: number
  /** Keys of which the receiver has some content. */
  readonly told: number
}

/** Rows by which a sink cannot go on: two of one key, or a key with a null in it. */
export interface KeyTroubles {
  readonly twice: number
  readonly withNull: number
  /** JSON of some keys that stand twice. */
  readonly examples: readonly string[]
}

/** The tables that hold how each row of a payload stands. */
export interface DueTables {
  /** `position, state, known_row, key, content, line, prior, removed`; all but the first three only of due rows. */
  readonly due: Sql
  readonly known: Sql
}

/** What a row of the payload is, as the table of due rows says it. */
const due = 1
const known = 0
const refused = 2
const unknown = 3
const again = 4
const withoutKey = 9

/** Behind every position in a payload: what is gone comes last. */
const afterPayload = sql.trusted('4611686018427387904')

/** Name of the session's variable with the key of the hashes, so that it stands in no statement. */
export const hashKey = 'sillage_delivery_key'

/** The key of a row of the payload, as segments write it. */
export function keyOf({ columns, key }: Pick<Payload, 'columns' | 'key'>): Sql {
  if (key.length === 0) return sql`md5(getvariable(${hashKey}) || ${rowJson(columns)})`
  return rowJson(key.map((name) => columns.find((column) => column.name === name)!))
}

/** Compares the payload with what is known, in one statement, and keeps what is due. */
export async function findDue(session: Session, tables: DueTables, payload: Payload): Promise<void> {
  const { select, columns, key, mode } = payload
  const isNull =
    key.length === 0
      ? sql`false`
      : sql.join(
          key.map((name) => sql`${sql.id(name)} is null`),
          ' or ',
        )
  const ownKey = key.length === 0 ? sql`hash` : sql`key`
  await session.run(
    sql`
      create or replace table ${tables.due} as
      select
        position,
        state::tinyint as state,
        known_row,
        case when state = ${due} then key end as key,
        case when state = ${due} then content end as content,
        case when state = ${due} then line end as line,
        case when state = ${due} then prior end as prior,
        false as removed
      from (
        select
          payload.position,
          payload.key,
          payload.content,
          payload.line,
          known.rowid as known_row,
          case when known.state is not null then concat_ws(' ', known.state, known.run, known.id) end as prior,
          case when payload.is_null then ${withoutKey} else ${stateOf(mode)} end as state
        from (
          select position, line, is_null, ${ownKey} as key, unhex(hash) as content
          from (
            select *, md5(getvariable(${hashKey}) || line) as hash
            from (
              select
                row_number() over () as position,
                ${isNull} as is_null,
                ${rowJson(columns)} as line,
                ${key.length === 0 ? sql`null` : keyOf(payload)} as key
              from (${select})
            )
          )
        ) payload
        left join ${tables.known} known on known.key = payload.key
      )
    `.text,
  )
  if (mode === 'mirror')
    await session.run(
      sql`
        insert into ${tables.due}
        select ${afterPayload} + row_number() over (order by known.key), ${due}, known.rowid, known.key, null, null, concat_ws(' ', known.state, known.run, known.id), true
        from ${tables.known} known
        where known.told and known.state <> 'removed'
          and known.rowid not in (select known_row from ${tables.due} where known_row is not null)
      `.text,
    )
}

/** A table of due rows that holds removals alone: of the known keys for which a condition over `known` holds. */
export async function keepRemovals(session: Session, tables: DueTables, where: Sql): Promise<void> {
  await session.run(
    sql`
      create or replace table ${tables.due} as
      select ${afterPayload} + row_number() over (order by known.key) as position, ${due}::tinyint as state, known.rowid as known_row, known.key as key, null::blob as content, null::varchar as line, concat_ws(' ', known.state, known.run, known.id) as prior, true as removed
      from ${tables.known} known
      where known.told and known.state <> 'removed' and ${where}
    `.text,
  )
}

/** The rule of a mode, over `known` (the last word on the key; null where there is none) and `payload.content`. */
function stateOf(mode: DeliveryMode): Sql {
  const same = sql`known.content is not distinct from payload.content`
  switch (mode) {
    case 'full':
      return sql`${due}`
    case 'append':
      return sql`case
        when known.state is null or known.state = 'again' then ${due}
        when known.state = 'unknown' then ${unknown}
        when known.state = 'refused' and not known.told then case when ${same} then ${refused} else ${due} end
        else ${known} end`
    case 'upsert':
    case 'mirror':
      return sql`case
        when known.state is null or known.state in ('again', 'left', 'removed') or not (${same}) then ${due}
        when known.state = 'unknown' then ${unknown}
        when known.state = 'refused' then ${refused}
        else ${known} end`
  }
}

/** Rows that share a key, and rows without one. */
export async function keyTroubles(session: Session, { due: table }: DueTables): Promise<KeyTroubles> {
  const groups = sql`
    select count(*) as n, any_value(key) as key, known_row
    from ${table}
    where not removed and state <> ${withoutKey}
    group by known_row, case when known_row is null then key end
    having count(*) > 1
  `
  const found = await session.row<{ twice: number; without: number }>(
    sql`select (select coalesce(sum(n), 0)::bigint from (${groups})) as twice, (select count(*) from ${table} where state = ${withoutKey}) as without`
      .text,
  )
  if (found.twice === 0 && found.without === 0) return { twice: 0, withNull: 0, examples: [] }
  const examples = await session.rows<{ key: string }>(
    sql`select key from (${groups}) where key is not null order by key limit 3`.text,
  )
  return { twice: found.twice, withNull: found.without, examples: examples.map(({ key }) => key) }
}

/** Of equal rows the first one stays. Gives how many went. */
export async function mergeEqual(session: Session, { due: table }: DueTables): Promise<number> {
  const twice = sql`
    select position from ${table}
    where not removed
    qualify row_number() over (partition by known_row, case when known_row is null then key end order by position) > 1
  `
  await session.run(sql`update ${table} set state = ${again} where position in (${twice})`.text)
  return (
    await session.row<{ n: number }>(sql`select count(*) as n from ${table} where state = ${again}`.text)
  ).n
}

export async function countDue(
  session: Session,
  { due: table, known: before }: DueTables,
  run: string,
): Promise<DueCounts> {
  const counts = await session.row<{ [name: string]: number }>(
    sql`
      select
        count(*) filter (not removed and state <> ${again}) as rows,
        count(*) filter (state = ${again}) as merged,
        count(*) filter (not removed and state = ${due}) as due,
        count(*) filter (state = ${known}) as known,
        count(*) filter (state = ${refused}) as refused,
        count(*) filter (state = ${unknown}) as unknown,
        count(*) filter (removed) as removed,
        (select count(*) from ${before} where told) as told,
        (select count(*) from ${before} known where run = ${run} and known.rowid in (select known_row from ${table} where state = ${known})) as fresh
      from ${table}
    `.text,
  )
  return counts as unknown as DueCounts
}

/** Keeps the keys that are known and stand in no row of the payload any more, as rows of a segment. Gives how many. */
export async function keepDeparted(
  session: Session,
  { due: table, known: before }: DueTables,
  {
    departed,
    mode,
    run,
    at,
  }: { readonly departed: Sql; readonly mode: DeliveryMode; readonly run: string; readonly at: Date },
): Promise<number> {
  // A mirror tells the receiver of what it has; only what it never took leaves in silence.
  const silent = mode === 'mirror' ? sql` and not told` : sql.empty
  await session.run(
    sql`
      create or replace table ${departed} as
      select key, content, 'left' as state, told, null::varchar as code, null::varchar as message, id, ${run} as run, destination, ${at} as "at"
      from ${before} known
      where state in ('accepted', 'refused', 'unknown')${silent}
        and known.rowid not in (select known_row from ${table} where known_row is not null)
    `.text,
  )
  return (await session.row<{ n: number }>(sql`select count(*) as n from ${departed}`.text)).n
}

/** Gives each due row the number of its message, counted from 0, in the order of the payload; what is gone comes last. */
export async function numberMessages(
  session: Session,
  { due: table }: DueTables,
  { numbers, size }: { readonly numbers: Sql; readonly size: number },
): Promise<number> {
  await session.run(
    sql`create or replace table ${numbers} as select position, (row_number() over (order by position) - 1) // ${size} as message from ${table} where state = ${due}`
      .text,
  )
  const { n } = await session.row<{ n: number }>(
    sql`select coalesce(max(message) + 1, 0) as n from ${numbers}`.text,
  )
  return n
}
