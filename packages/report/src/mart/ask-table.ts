import type { Sql } from '@sillage/sql'
import type { Session } from '@sillage/store'
import type { Cell, Format } from '../cell.ts'
import type { Block } from '../report.ts'

/** A column of a table: what the statement calls it, what the reader sees. */
export interface AskedColumn {
  readonly name: string
  readonly title: string
  readonly format: Format
  /** The column that counts the people whom the figure is about: it is hidden where they are too few. */
  readonly people?: string
}

type TableBlock = Extract<Block, { readonly kind: 'table' }>

/** Asks a statement and makes its rows a table; figures about fewer than `minGroup` people, but more than none, are hidden. */
export async function askTable({
  session,
  select,
  caption,
  columns,
  minGroup,
}: {
  readonly session: Session
  readonly select: Sql
  readonly caption: string
  readonly columns: readonly AskedColumn[]
  readonly minGroup: number
}): Promise<TableBlock> {
  const rows = await session.rows(select.text)
  return {
    kind: 'table',
    caption,
    columns: columns.map(({ title, format }) => ({ title, format })),
    rows: rows.map((row) =>
      columns.map(({ name, people }): Cell => {
        const count = people === undefined ? 0 : Number(row[people])
        return count > 0 && count < minGroup ? { below: minGroup } : (row[name] ?? null)
      }),
    ),
    sql: select.text,
  }
}
