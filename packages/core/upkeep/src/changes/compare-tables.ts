import { type Column, type Sql, sql } from '@sillage/sdk'
import type { JsonRow, Session } from '@sillage/sql'
import type { TableShape } from './mart-shape.ts'
import { type Migration, migrations } from './migrations.ts'
import {
  comparable,
  differs,
  isAdded,
  isPair,
  isRemoved,
  pairedBy,
  type SharedColumn,
  type Sides,
  sharedColumns,
} from './pairing.ts'

/** What changed in one table of a mart. Counts are rows. */
export interface TableChanges {
  readonly table: string
  /** The columns by which rows are paired; none where whole rows are compared, since one has no key that both versions keep. */
  readonly key: readonly string[]
  readonly columns: {
    readonly added: readonly Column[]
    readonly removed: readonly Column[]
    readonly retyped: readonly SharedColumn[]
  }
  readonly rows: {
    readonly before: number
    readonly after: number
    readonly added: number
    readonly removed: number
    /** Null where whole rows are compared: a changed row is then one removed and one added. */
    readonly changed: number | null
  }
  /** How many paired rows differ in a column, most first; columns that differ nowhere are left out. */
  readonly changed_columns: readonly { readonly column: string; readonly rows: number }[]
  readonly migrations: readonly Migration[]
  /** Keys of some rows, where they were asked for. */
  readonly samples?: {
    readonly added: readonly JsonRow[]
    readonly removed: readonly JsonRow[]
    readonly changed: readonly JsonRow[]
  }
}

export interface CompareFacts {
  readonly session: Session
  readonly before: TableShape
  readonly after: TableShape
  readonly sides: Sides
  /** How many keys of each kind to show. */
  readonly samples: number
}

/** Compares a table of two attached versions. All rows are compared in DuckDB; what comes out are counts, and keys where asked for. */
export async function compareTables(facts: CompareFacts): Promise<TableChanges> {
  const { before, after } = facts
  const shared = sharedColumns(before.columns, after.columns)
  const has = (columns: readonly Column[], name: string): boolean =>
    columns.some((column) => column.name === name)
  const columns = {
    added: after.columns.filter(({ name }) => !has(before.columns, name)),
    removed: before.columns.filter(({ name }) => !has(after.columns, name)),
    retyped: shared.filter(({ from, to }) => from !== to),
  }
  const key = await usableKey(facts, shared)
  const compared =
    key.length > 0 ? await compareByKey(facts, { key, shared }) : await compareWholeRows(facts, shared)
  return { table: after.name, key: key.map(({ name }) => name), columns, ...compared }
}

type Compared = Omit<TableChanges, 'table' | 'key' | 'columns'>

/** The key of the later version, else of the earlier one, where both have its columns and it is unique in both. */
async function usableKey(
  { session, before, after, sides }: CompareFacts,
  shared: readonly SharedColumn[],
): Promise<readonly SharedColumn[]> {
  const names = after.key.length > 0 ? after.key : before.key
  const key = shared.filter(({ name }) => names.includes(name))
  if (names.length === 0 || key.length < names.length) return []
  const list = sql.join(key.map(({ name }) => sql.id(name)))
  for (const side of [sides.before, sides.after]) {
    const { repeated } = await session.row<{ repeated: boolean }>(
      sql`select count(*) > 0 as repeated from (select 1 from ${side} group by ${list} having count(*) > 1 limit 1)`
        .text,
    )
    if (repeated) return []
  }
  return key
}

async function compareByKey(
  { session, before, after, sides, samples }: CompareFacts,
  { key, shared }: { readonly key: readonly SharedColumn[]; readonly shared: readonly SharedColumn[] },
): Promise<Compared> {
  const pairs = pairedBy(key, sides)
  const values = shared.filter((column) => !key.includes(column))
  const any = values.length === 0 ? sql`false` : sql`(${sql.join(values.map(differs), ' or ')})`
  const counts = [
    sql`count(*) filter (where ${isAdded}) as added`,
    sql`count(*) filter (where ${isRemoved}) as removed`,
    sql`count(b._there) as ${sql.id('before')}`,
    sql`count(a._there) as ${sql.id('after')}`,
    sql`count(*) filter (where ${isPair} and ${any}) as changed`,
    ...values.map(
      (column, index) =>
        sql`count(*) filter (where ${isPair} and ${differs(column)}) as ${sql.id(String(index))}`,
    ),
  ]
  const row = await session.row<Readonly<Record<string, number>>>(
    sql`select ${sql.join(counts)} from ${pairs}`.text,
  )
  const count = (name: string): number => Number(row[name])
  const changedColumns = values
    .map(({ name }, index) => ({ column: name, rows: count(String(index)) }))
    .filter(({ rows }) => rows > 0)
    .sort((a, b) => b.rows - a.rows || (a.column < b.column ? -1 : 1))
  const segments = values.filter(
    ({ name }) => after.segments.includes(name) || before.segments.includes(name),
  )
  return {
    rows: {
      before: count('before'),
      after: count('after'),
      added: count('added'),
      removed: count('removed'),
      changed: count('changed'),
    },
    changed_columns: changedColumns,
    migrations: await migrations(session, { pairs, segments }),
    ...(samples === 0 ? {} : { samples: await sampleKeys({ session, key, pairs, any, values, samples }) }),
  }
}

interface SampleFacts {
  readonly session: Session
  readonly key: readonly SharedColumn[]
  readonly pairs: Sql
  readonly any: Sql
  readonly values: readonly SharedColumn[]
  readonly samples: number
}

async function sampleKeys({
  session,
  key,
  pairs,
  any,
  values,
  samples,
}: SampleFacts): Promise<NonNullable<TableChanges['samples']>> {
  const keys = (side: 'a' | 'b'): Sql =>
    sql.join(key.map(({ name }) => sql`${sql.id(side, name)} as ${sql.id(name)}`))
  const some = (select: Sql, holds: Sql): Promise<readonly JsonRow[]> =>
    session.rows(
      sql`select ${select} from ${pairs} where ${holds} order by ${sql.join(key.map((_, index) => sql`${index + 1}`))} limit ${samples}`
        .text,
    )
  const which = sql.join(values.map((column) => sql`case when ${differs(column)} then ${column.name} end`))
  return {
    added: await some(keys('a'), isAdded),
    removed: await some(keys('b'), isRemoved),
    changed: await some(
      sql`${keys('a')}, list_filter([${which}], lambda name: name is not null) as _changed`,
      sql`${isPair} and ${any}`,
    ),
  }
}

/** Rows as a bag over the columns that both versions have: one that occurs twice more is two rows added. */
async function compareWholeRows(
  { session, sides }: CompareFacts,
  shared: readonly SharedColumn[],
): Promise<Compared> {
  const list = (side: 'before' | 'after'): Sql =>
    shared.length === 0
      ? sql`1`
      : sql.join(
          shared.map((column) => {
            const id = sql.id(column.name)
            return comparable(column, { before: id, after: id })[side]
          }),
        )
  const before = sql`select ${list('before')} from ${sides.before}`
  const after = sql`select ${list('after')} from ${sides.after}`
  const count = async (select: Sql): Promise<number> =>
    (await session.row<{ n: number }>(sql`select count(*) as n from (${select})`.text)).n
  return {
    rows: {
      before: await count(before),
      after: await count(after),
      added: await count(sql`${after} except all ${before}`),
      removed: await count(sql`${before} except all ${after}`),
      changed: null,
    },
    changed_columns: [],
    migrations: [],
  }
}
