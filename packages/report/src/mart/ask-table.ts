import type { Sql } from '@sillage/sql'
import type { JsonRow, Session } from '@sillage/store'
import type { Cell, Format } from '../cell.ts'
import type { Block } from '../report.ts'
import { hideSmall, type Shown } from './hide-small.ts'

/** A column of a table: what the statement calls it, what the reader sees. */
export interface AskedColumn {
  readonly name: string
  readonly title: string
  readonly format: Format
  /** The column that counts the people whom the figure is about: it is hidden where they are too few. */
  readonly people?: string
}

type TableBlock = Extract<Block, { readonly kind: 'table' }>

interface TableFacts {
  readonly session: Session
  readonly select: Sql
  readonly caption: string
  readonly columns: readonly AskedColumn[]
  readonly minGroup: number
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
  select,
  caption,
  columns,
  ...facts
}: TableFacts): Promise<TableBlock> {
  const rows = await session.rows(select.text)
  const shown = shownCounts(rows, { columns, ...facts })
  return {
    kind: 'table',
    caption,
    columns: columns.map(({ name, title, format }) => ({ title, format, column: name })),
    rows: rows.map((row, place) =>
      columns.map(({ name, people }): Cell => {
        const state = people === undefined ? 'shown' : shown(place, people)
        if (state === 'small') return { below: facts.minGroup }
        return state === 'withheld' ? { withheld: true } : (row[name] ?? null)
      }),
    ),
    sql: select.text,
  }
}

function shownCounts(
  rows: readonly JsonRow[],
  { columns, minGroup, totals = {} }: Pick<TableFacts, 'columns' | 'minGroup' | 'totals'>,
): (row: number, people: string) => Shown {
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
  const shown = hideSmall(counts, { sets: [...sets, ...parts], minGroup })
  return (row, name) => shown[at(row, name)]!
}

function groupsOf(rows: readonly JsonRow[], by: readonly string[]): readonly (readonly number[])[] {
  const groups = new Map<string, number[]>()
  for (const [place, row] of rows.entries()) {
    const key = JSON.stringify(by.map((name) => row[name]))
    groups.set(key, [...(groups.get(key) ?? []), place])
  }
  return [...groups.values()]
}
