import colors from 'picocolors'
import { onOneLine, width } from './format.ts'

export interface TableColumn {
  readonly title: string
  readonly right?: boolean
  /** Its cells are never cut. */
  readonly whole?: boolean
}

const widest = 48

/** A plain table: a header, a rule, rows; numbers to the right. Long cells are cut with an ellipsis. */
export function table(given: readonly TableColumn[], rows: readonly (readonly string[])[]): string {
  const columns = given.map((column) => ({ ...column, title: onOneLine(column.title) }))
  const cut = rows.map((row) =>
    row.map((text, index) =>
      width(text) > widest && !columns[index]?.whole ? `${[...text].slice(0, widest - 1).join('')}…` : text,
    ),
  )
  const widths = columns.map(({ title }, index) =>
    cut.reduce((widest, row) => Math.max(widest, width(row[index] ?? '')), width(title)),
  )
  const line = (cells: readonly string[]): string =>
    cells
      .map((text, index) => {
        const space = ' '.repeat(widths[index]! - width(text))
        return columns[index]!.right ? space + text : text + space
      })
      .join('  ')
      .trimEnd()
  return [
    colors.bold(line(columns.map((column) => column.title))),
    colors.dim(widths.map((size) => '─'.repeat(size)).join('  ')),
    ...cut.map(line),
  ].join('\n')
}
