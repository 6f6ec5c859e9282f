import type { JsonRow, JsonValue } from '@sillage/sql'
import type { Page, PrintedTable } from './read-page.ts'

/** How the printed figures of a page stand to what their SQL gives. */
export interface Comparison {
  /** Cells that were compared as numbers or texts. */
  readonly cells: number
  /** Cells of which only was compared that they had to be hidden. */
  readonly hidden: number
  readonly differences: readonly string[]
}

/** Runs the SQL of every table on the page, as it is printed there, and compares cell by cell. */
export async function comparePage(
  page: Page,
  ask: (sql: string) => Promise<readonly JsonRow[]>,
): Promise<Comparison> {
  const differences: string[] = []
  let cells = 0
  let hidden = 0
  for (const table of page.tables) {
    if (table.sql === undefined) continue
    const rows = await ask(table.sql)
    const where = `${table.section}: ${table.caption}`
    if (rows.length !== table.rows.length)
      differences.push(`${where}: ${table.rows.length} rows printed, ${rows.length} by SQL`)
    for (const [place, printed] of table.rows.entries()) {
      for (const [index, text] of printed.entries()) {
        const value = rows[place]?.[columnOf(table, index)] ?? null
        if (text === '…' || /^<\d+$/.test(text)) {
          hidden += 1
          continue
        }
        cells += 1
        if (!isSame(table.values?.[place]?.[index] ?? text, value, page.lang))
          differences.push(
            `${where}, row ${place + 1}, ${columnOf(table, index)}: ${text} printed, ${String(value)} by SQL`,
          )
      }
    }
  }
  return { cells, hidden, differences }
}

function columnOf({ columns, caption }: PrintedTable, index: number): string {
  const { column } = columns[index]!
  if (column === undefined) throw new Error(`no column is named for figure ${index + 1} of ${caption}`)
  return column
}

/** Reads a printed figure back, without the code that printed it: within half of its last digit. */
function isSame(text: string, value: JsonValue, lang: string): boolean {
  if (value === null) return text === '–'
  if (Array.isArray(value)) return text === value.join(', ')
  if (text === String(value)) return true
  if (typeof value === 'string' && /^\d{4}-\d\d-\d\d$/.test(value))
    return lang === 'fr' && text === value.split('-').reverse().join('/')
  const plain = text.replace(/[\s€$%]|US/g, '').replace('−', '-')
  const [thousands, point] = lang === 'fr' ? [/\./g, ','] : [/,/g, '.']
  const digits = plain.replace(thousands, '').replace(point, '.')
  if (!/^-?\d+(\.\d+)?$/.test(digits)) return false
  const scale = /%/.test(text) ? 100 : 1
  const step = 10 ** -(digits.split('.')[1]?.length ?? 0)
  return Math.abs(Number(digits) - Number(value) * scale) <= step / 2 + 1e-9 * Math.abs(Number(digits))
}
