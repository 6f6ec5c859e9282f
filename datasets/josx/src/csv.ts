import { toWindows1252 } from './windows-1252.ts'

/** How a file is written. */
export interface Dialect {
  readonly delimiter: ';' | ','
  readonly lineEnd: '\n' | '\r\n'
  readonly encoding: 'utf-8' | 'utf-8-bom' | 'windows-1252'
}

/** What a French Excel saves as "CSV UTF-8". */
export const excelFrench: Dialect = { delimiter: ';', lineEnd: '\r\n', encoding: 'utf-8-bom' }
/** What it saves as plain "CSV". */
export const excelFrenchAnsi: Dialect = { delimiter: ';', lineEnd: '\r\n', encoding: 'windows-1252' }
export const plainCsv: Dialect = { delimiter: ',', lineEnd: '\n', encoding: 'utf-8' }
export const semicolonCsv: Dialect = { delimiter: ';', lineEnd: '\n', encoding: 'utf-8' }

export type Row = Readonly<Record<string, string>>

/** The bytes of a file with a header; a column that a row lacks is empty. */
export function csvBytes(
  columns: readonly string[],
  rows: readonly Row[],
  { delimiter, lineEnd, encoding }: Dialect,
): Uint8Array {
  const quoted = (text: string): string =>
    text.includes(delimiter) || /["\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
  const lines = [columns, ...rows.map((row) => columns.map((column) => row[column] ?? ''))]
  return encoded(lines.map((line) => line.map(quoted).join(delimiter) + lineEnd).join(''), encoding)
}

function encoded(text: string, encoding: Dialect['encoding']): Uint8Array {
  switch (encoding) {
    case 'utf-8':
      return new TextEncoder().encode(text)
    case 'utf-8-bom':
      return new TextEncoder().encode(`\uFEFF${text}`)
    case 'windows-1252':
      return toWindows1252(text)
  }
}
