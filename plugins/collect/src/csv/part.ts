import { type Sql, sql } from '@sillage/sdk'
import type { Asked } from '../files/grown.ts'
import type { Dialect } from '../text/dialect.ts'
import { type RefusedTables, recordLimits, refusedTables } from '../text/refused-lines.ts'
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
  return { ...table, rowsBefore: table.sample.dialect.headerLines, linesBefore: 0 }
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
    return sql`select *${place} from read_csv(${path}, ${readOptions(dialect, names, config, refused ?? unheeded(path))}${recordLimits(longestRecord)})`
  })
}

/**
 * Tables for the broken lines of a question about the rows, which nobody reads. With `ignore_errors` DuckDB loses all rows behind a
 * first one whose quotes are broken, so that the answer would not be about the rows that the run reads.
 */
function unheeded(path: string): RefusedTables & { readonly limit: number } {
  return { ...refusedTables('unheeded', path), limit: 1 }
}

function readOptions(
  { delimiter, quote, header, skippedLines }: Dialect,
  names: readonly string[],
  { nulls = [] }: CsvOptions,
  refused: RefusedTables & { readonly limit?: number },
): Sql {
  return sql.join([
    sql`auto_detect = false`,
    sql`columns = {${sql.join(names.map((name) => sql`${name}: 'VARCHAR'`))}}`,
    sql`delim = ${delimiter}`,
    sql`quote = ${quote}`,
    sql`escape = ${quote}`,
    sql`header = ${header}`,
    ...(skippedLines > 0 ? [sql`skip = ${skippedLines}`] : []),
    sql`nullstr = ${sql.list(['', ...nulls])}`,
    sql`store_rejects = true, rejects_table = ${refused.errors}, rejects_scan = ${refused.scans}, rejects_limit = ${refused.limit ?? 0}`,
  ])
}
