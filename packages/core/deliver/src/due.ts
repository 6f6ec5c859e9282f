import type { Column, DeliveryMode } from '@sillage/sdk'
import type { Session } from '@sillage/sql'
import { type Sql, sql } from '@sillage/sql'
import type { DueRows } from './due-rows.ts'
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

/** How each row of a payload stands, and against what. */
export interface DueTables {
  /** All but position, state and `known_row` only of due rows. */
  readonly due: DueRows
  readonly known: Sql
}

/** What a row of the payload is, as the table of due rows says it. */
export const due = 1
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
export async function findDue(tables: DueTables, payload: Payload): Promise<void> {
  const { select, columns, key, mode } = payload
  const isNull =
    key.length === 0
      ? sql`false`
      : sql.join(
          key.map((name) => sql`${sql.id(name)} is null`),
          ' or ',
        )
  const ownKey = key.length === 0 ? sql`hash` : sql`key`
  await tables.due.write(
    sql`
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
    `,
  )
  if (mode === 'mirror')
    await tables.due.add(
      removals(
        tables,
        sql`known.rowid not in (select known_row from ${tables.due.all} where known_row is not null)`,
      ),
    )
}

/** Makes removals due, and nothing else: of the known keys for which a condition over `known` holds. */
export async function keepRemovals(tables: DueTables, where: Sql): Promise<void> {
  await tables.due.write(removals(tables, where))
}

function removals({ known: table }: DueTables, where: Sql): Sql {
  return sql`
      select ${afterPayload} + row_number() over (order by known.key) as position, ${due}::tinyint as state, known.rowid as known_row, known.key as key, null::blob as content, null::varchar as line, concat_ws(' ', known.state, known.run, known.id) as prior, true as removed
      from ${table} known
      where known.told and known.state <> 'removed' and ${where}
    `
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

/** Rows that are looked at for twins in one pass, and the most passes. */
const passRows = 200_000
const mostPasses = 16

/** What rows of one key have in common: a number, which rows of different keys share by chance alone. */
const twin = sql`case when known_row is null then hash(key) else hash(known_row) end`

const keyed = sql`not removed and state <> ${withoutKey}`

/** True where it may be that rows share a key. In passes, so that memory does not grow with the rows as one table of all keys would. */
async function mayHaveTwins(session: Session, { due: rows }: DueTables): Promise<boolean> {
  const passes = Math.min(mostPasses, Math.max(1, Math.ceil(rows.count / passRows)))
  for (let pass = 0; pass < passes; pass += 1) {
    const [found] = await session.rows(
      sql`
        select twin
        from (select ${twin} as twin from ${rows.all} where ${keyed})
        where twin % ${passes} = ${pass}
        group by twin
        having count(*) > 1
        limit 1
      `.text,
    )
    if (found) return true
  }
  return false
}

/** Rows that may share a key with another. */
function twins({ due: rows }: DueTables): Sql {
  return sql`
    select * from ${rows.all}
    where ${keyed}
      and ${twin} in (select ${twin} from ${rows.all} where ${keyed} group by all having count(*) > 1)
  `
}

/** Rows that share a key, and rows without one. */
export async function keyTroubles(session: Session, tables: DueTables): Promise<KeyTroubles> {
  const { n: withNull } = await session.row<{ n: number }>(
    sql`select count(*) as n from ${tables.due.all} where state = ${withoutKey}`.text,
  )
  if (!(await mayHaveTwins(session, tables))) return { twice: 0, withNull, examples: [] }
  const groups = sql`
    select count(*) as n, any_value(key) as key, known_row
    from (${twins(tables)})
    group by known_row, case when known_row is null then key end
    having count(*) > 1
  `
  const { twice } = await session.row<{ twice: number }>(
    sql`select coalesce(sum(n), 0)::bigint as twice from (${groups})`.text,
  )
  const examples = await session.rows<{ key: string }>(
    sql`select key from (${groups}) where key is not null order by key limit 3`.text,
  )
  return { twice, withNull, examples: examples.map(({ key }) => key) }
}

/** Of equal rows the first one stays. */
export async function mergeEqual(tables: DueTables): Promise<void> {
  const twice = sql`
    select position from (${twins(tables)})
    qualify row_number() over (partition by known_row, case when known_row is null then key end order by position) > 1
  `
  await tables.due.write(
    sql`select * replace (case when position in (${twice}) then ${again} else state end::tinyint as state) from ${tables.due.all}`,
  )
}

export async function countDue(
  session: Session,
  { due: rows, known: before }: DueTables,
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
        (select count(*) from ${before} known where run = ${run} and known.rowid in (select known_row from ${rows.all} where state = ${known})) as fresh
      from ${rows.all}
    `.text,
  )
  return counts as unknown as DueCounts
}

/** Keeps the keys that are known and stand in no row of the payload any more, as rows of a segment. Gives how many. */
export async function keepDeparted(
  session: Session,
  { due: rows, known: before }: DueTables,
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
        and known.rowid not in (select known_row from ${rows.all} where known_row is not null)
    `.text,
  )
  return (await session.row<{ n: number }>(sql`select count(*) as n from ${departed}`.text)).n
}
