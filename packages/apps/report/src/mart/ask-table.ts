import type { Session } from '@sillage/duckdb'
import type { JsonRow, JsonValue } from '@sillage/sql'
import { type Sql, sql } from '@sillage/sql'
import type { Cell, Format } from '../cell.ts'
import type { Block } from '../report.ts'
import type { Counted, Disclosure } from './disclosure.ts'
import { hideSmall, type Shown } from './hide-small.ts'

/** A column of a table: what the statement calls it, what the reader sees. */
export interface AskedColumn {
  readonly name: string
  readonly title: string
  readonly format: Format
  /** The column that counts the people whom the figure is about: it is hidden where they are too few. */
  readonly people?: string
  /** What stands for a value. */
  readonly label?: (value: string) => string
}

/** What a statement adds to a list of what is grouped, for the units that are `within` a condition. */
export type More = (within?: Sql) => Sql

type TableBlock = Extract<Block, { readonly kind: 'table' }>

interface TableFacts {
  readonly session: Session
  /** The statement; where the table has `counted`, what it adds to the list of what is grouped. */
  readonly select: Sql | ((more: More) => Sql)
  readonly caption: string
  readonly columns: readonly AskedColumn[]
  readonly minGroup: number
  readonly disclosure?: Disclosure
  /** Who is counted, for the rest of the report: a column of counts may be about units of several spaces. */
  readonly counted?: readonly Counted[]
  /**
   * Whose totals the report tells elsewhere, so that a lone hidden count could be worked out: all rows of a column (unless said), the rows
   * that have the same values in some columns, the columns that make up a row.
   */
  readonly totals?: {
    readonly rows?: boolean
    readonly rowsBy?: readonly string[]
    readonly across?: readonly string[]
  }
}

/** Asks a statement and makes its rows a table, with what tells of too few people hidden. */
export async function askTable({
  session,
  select: statement,
  caption,
  columns,
  disclosure,
  counted = [],
  ...facts
}: TableFacts): Promise<TableBlock> {
  const selectWith = (more: More): Sql => (typeof statement === 'function' ? statement(more) : statement)
  const select = selectWith(() => sql.empty)
  const rows = disclosure ? await disclosure.rows(select) : await session.rows(select.text)
  const { names, counts, shown } = shownCounts(rows, { columns, ...facts })
  const settled =
    disclosure?.note(`${caption}\n${select.text}`, {
      counts,
      shown,
      ...(counted.length === 0
        ? {}
        : {
            members: (first) => [
              membersOf(
                selectWith((within) => unitLists(counted, within)),
                { counted, names, first },
              ),
            ],
          }),
    }) ?? shown
  const at = (row: number, name: string): Shown => settled[row * names.length + names.indexOf(name)]!
  return {
    kind: 'table',
    caption,
    columns: columns.map(({ name, title, format, label }) => ({
      title,
      format,
      column: name,
      ...(label ? { values: valuesBehind(rows, name, label) } : {}),
    })),
    rows: rows.map((row, place) =>
      columns.map(({ name, people, label }): Cell => {
        const state = people === undefined ? 'shown' : at(place, people)
        if (state === 'small') return { below: facts.minGroup }
        if (state === 'withheld') return { withheld: true }
        const value = row[name] ?? null
        return label && isName(value) ? label(String(value)) : value
      }),
    ),
    sql: select.text,
  }
}

function valuesBehind(
  rows: readonly JsonRow[],
  name: string,
  label: (value: string) => string,
): ReadonlyMap<string, string> {
  const values = rows.flatMap((row) => (isName(row[name]) ? [String(row[name])] : []))
  return new Map(values.filter((value) => label(value) !== value).map((value) => [label(value), value]))
}

/** A text, or a number that stands for something. */
function isName(value: JsonValue | undefined): value is string | number {
  return typeof value === 'string' || typeof value === 'number'
}

/** For each row of a table, the units that it counts. */
function unitLists(counted: readonly Counted[], within: Sql | undefined): Sql {
  const lists = counted.map(({ unit, where }, index) => {
    const conditions = [sql`${unit} is not null`, ...(where ? [where] : []), ...(within ? [within] : [])]
    return sql`list(distinct hash(${unit})) filter (where ${sql.join(conditions, ' and ')}) as ${sql.id(`_units_${index}`)}`
  })
  return sql`,\n${sql.lines(lists)}`
}

/** Cell, space and unit, a row for each unit of a cell. */
function membersOf(
  select: Sql,
  {
    counted,
    names,
    first,
  }: { readonly counted: readonly Counted[]; readonly names: readonly string[]; readonly first: number },
): Sql {
  const parts = counted.map(
    ({ people, space }, index) =>
      sql`select ${first} + _row * ${names.length} + ${names.indexOf(people)} as cell, ${space} as space, unnest(${sql.id(`_units_${index}`)}) as unit from _placed`,
  )
  return sql`
    select * from (
      with _placed as (select row_number() over () - 1 as _row, * from (${select}))
      ${sql.join(parts, '\nunion all ')}
    )
  `
}

function shownCounts(
  rows: readonly JsonRow[],
  { columns, minGroup, totals = {} }: Pick<TableFacts, 'columns' | 'minGroup' | 'totals'>,
): {
  readonly names: readonly string[]
  readonly counts: readonly number[]
  readonly shown: readonly Shown[]
} {
  const names = [...new Set(columns.flatMap(({ people }) => people ?? []))]
  const counts = rows.flatMap((row) => names.map((name) => Number(row[name] ?? 0)))
  const at = (row: number, name: string): number => row * names.length + names.indexOf(name)
  const places = rows.map((_, place) => place)
  const { rowsBy, across } = totals
  const groups = rowsBy === undefined ? [] : groupsOf(rows, rowsBy)
  const sets = [...(totals.rows === false ? [] : [places]), ...groups].flatMap((set) =>
    names.map((name) => set.map((row) => at(row, name))),
  )
  const parts = across === undefined ? [] : places.map((row) => across.map((name) => at(row, name)))
  return { names, counts, shown: hideSmall(counts, { sets: [...sets, ...parts], minGroup }) }
}

function groupsOf(rows: readonly JsonRow[], by: readonly string[]): readonly (readonly number[])[] {
  const groups = new Map<string, number[]>()
  for (const [place, row] of rows.entries()) {
    const key = JSON.stringify(by.map((name) => row[name]))
    groups.set(key, [...(groups.get(key) ?? []), place])
  }
  return [...groups.values()]
}
