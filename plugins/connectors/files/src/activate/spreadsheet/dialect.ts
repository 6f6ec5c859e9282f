import { type Column, isNumeric, isText, type Sql, sql } from '@sillage/sdk'

/** How a CSV file is written. */
export interface Dialect {
  readonly delimiter: string
  readonly decimal: '.' | ','
  /** Begin with a byte-order mark, by which Excel knows UTF-8. */
  readonly bom: boolean
}

export const dialects = {
  standard: { delimiter: ',', decimal: '.', bom: false },
  'excel-fr': { delimiter: ';', decimal: ',', bom: true },
} as const satisfies Readonly<Record<string, Dialect>>

export const dialectNames = ['standard', 'excel-fr'] as const

/**
 * The columns as a spreadsheet reads them safely. A text that begins with `=`, `+`, `-`, `@`, a tab or a line end would be run as a
 * formula, so it gets a leading apostrophe (OWASP, CSV injection), names of columns too; numbers keep their sign. Lists become text, one item after another.
 */
export function spreadsheetColumns(
  columns: readonly Column[],
  dialect: Dialect,
  { neutralise }: { readonly neutralise: boolean },
): readonly Sql[] {
  return columns.map((column, index) => {
    const value = cell(column, dialect, neutralise)
    const name = neutralise ? column.name.replace(/^[=+\-@\t\r\n]/, "'$&") : column.name
    return sql`${value} as ${sql.id(index === 0 && dialect.bom ? marked(name) : name)}`
  })
}

function cell({ name, type }: Column, { decimal }: Dialect, neutralise: boolean): Sql {
  const value = sql.id(name)
  if (isNumeric(type)) return decimal === ',' ? sql`replace(cast(${value} as varchar), '.', ',')` : value
  const text = asText(value, type)
  if (text === undefined) return value
  return neutralise
    ? sql`case when regexp_matches(${text}, '^[=+\\-@\\t\\r\\n]') then '''' || ${text} else ${text} end`
    : text
}

function asText(value: Sql, type: string): Sql | undefined {
  if (isText(type) || type === 'JSON' || type.startsWith('UNION(')) return sql`cast(${value} as varchar)`
  if (type === 'VARCHAR[]') return sql`array_to_string(${value}, ', ')`
  return undefined
}

/** The mark stands before the first name of the header; a name that would be quoted would enclose it. */
function marked(name: string): string {
  return `\u{feff}${name.replaceAll(/[";\r\n]/g, ' ')}`
}
