import { type Sql, sql } from '@sillage/sdk'
import type { Asked } from '../files/grown.ts'
import { literalPath } from '../files/literal-path.ts'
import type { Dialect } from '../text/dialect.ts'
import { type RefusedTables, recordLimits, refusedTables } from '../text/refused-lines.ts'
import { commentMark } from '../text/transcode.ts'
import type { CsvOptions } from './options.ts'
import type { Table, Tail } from './table.ts'

/** What one `read_csv` reads. */
export interface Part extends Pick<Table, 'file' | 'path' | 'names' | 'longestRecord' | 'sample'> {
  /** Lines of the header, and rows of the file that other parts read before. */
  readonly rowsBefore: number
  /** Lines of the file before this part. */
  readonly linesBefore: number
}

/** A file as one part. */
export function wholeFile(table: Table): Part {
  const { headerLines, cut } = table.sample.dialect
  return { ...table, rowsBefore: headerLines, linesBefore: cut ? headerLines : 0 }
}

/** The new lines of a file that grew; without the places of the rows. */
export function newLines({ sample, ...table }: Table, { path }: Tail): Part {
  const dialect = { ...sample.dialect, header: false, headerLines: 0, skippedLines: 0 }
  return { ...table, path, sample: { ...sample, dialect }, rowsBefore: 0, linesBefore: 0 }
}

/** A file, and the part of it that is new, to be asked about. */
export function asked(table: Table): Asked<Part> {
  const { file, tail } = table
  return {
    path: file.path,
    bytes: file.bytes,
    whole: wholeFile(table),
    tail: tail && { part: newLines(table, tail), after: tail.after },
  }
}

interface ReadFacts {
  readonly refused?: RefusedTables
  readonly provenance?: boolean
}

/** A `read_csv` a part, all columns text; with the place of each row where it is asked for. */
export function selects(
  parts: readonly Part[],
  config: CsvOptions,
  { refused, provenance = false }: ReadFacts,
): readonly Sql[] {
  return parts.map(({ file, path, names, longestRecord, rowsBefore, sample: { dialect } }) => {
    const place = provenance
      ? sql`, ${file.shown} as _file, row_number() over () + ${rowsBefore} as _line`
      : sql.empty
    const options = readOptions(dialect, names, config, refused ?? unheeded(path))
    return sql`select ${valuesOf(names, config)}${place} from read_csv(${literalPath(path)}, ${options}${recordLimits(longestRecord)})`
  })
}

/** The cells as they are read, but for those in quotes that mean no value. */
function valuesOf(names: readonly string[], config: CsvOptions): Sql {
  const quoted = quotedNulls(config)
  if (quoted.length === 0) return sql`*`
  return sql.join(
    names.map((name) => {
      const value = quoted.reduce((inner, text) => sql`nullif(${inner}, ${text})`, sql.id(name))
      return sql`${value} as ${sql.id(name)}`
    }),
  )
}

/** Texts that mean no value where they stand in quotes too: `""` unless the list has an empty entry, and entries with their quotes. */
function quotedNulls({ nulls, quote = '"' }: CsvOptions): readonly string[] {
  if (nulls === undefined || quote === '') return []
  return [...(nulls.includes('') ? [] : ['']), ...nulls.flatMap((entry) => insideQuotes(entry, quote) ?? [])]
}

/** The text of an entry that is written with its quotes. */
export function insideQuotes(entry: string, quote: string): string | undefined {
  const isQuoted = quote !== '' && entry.length >= 2 && entry.startsWith(quote) && entry.endsWith(quote)
  return isQuoted ? entry.slice(1, -1).replaceAll(quote + quote, quote) : undefined
}

/**
 * Tables for the broken lines of a question about the rows, which nobody reads. With `ignore_errors` DuckDB loses all rows behind a
 * first one whose quotes are broken, so that the answer would not be about the rows that the run reads.
 */
function unheeded(path: string): RefusedTables & { readonly limit: number } {
  return { ...refusedTables('unheeded', path), limit: 1 }
}

function readOptions(
  { delimiter, quote, escapedBy, header, skippedLines, cut }: Dialect,
  names: readonly string[],
  { nulls, comment, missing_cells }: CsvOptions,
  refused: RefusedTables & { readonly limit?: number },
): Sql {
  const plain = (nulls ?? []).filter((entry) => insideQuotes(entry, quote) === undefined)
  return sql.join([
    sql`auto_detect = false`,
    sql`columns = {${sql.join(names.map((name) => sql`${name}: 'VARCHAR'`))}}`,
    sql`delim = ${delimiter}`,
    sql`quote = ${quote}`,
    sql`escape = ${escapedBy}`,
    sql`header = ${header && !cut}`,
    ...(skippedLines > 0 && !cut ? [sql`skip = ${skippedLines}`] : []),
    sql`nullstr = ${sql.list([...new Set(['', ...plain])])}`,
    ...(nulls === undefined || quote === '' ? [] : [sql`allow_quoted_nulls = false`]),
    ...(comment === undefined ? [] : [sql`comment = ${commentMark}`]),
    // DuckDB fills cells of records with line breaks in them only where one thread reads.
    ...(missing_cells === null ? [sql`null_padding = true, parallel = false`] : []),
    sql`store_rejects = true, rejects_table = ${refused.errors}, rejects_scan = ${refused.scans}, rejects_limit = ${refused.limit ?? 0}`,
  ])
}
