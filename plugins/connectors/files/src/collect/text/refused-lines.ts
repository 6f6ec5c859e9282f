import { createHash } from 'node:crypto'
import { type Sql, sql } from '@sillage/sdk'

/** The two tables into which DuckDB writes the lines that it cannot cut into the columns. */
export interface RefusedTables {
  readonly errors: string
  readonly scans: string
}

/** Names that no other scan of the connection uses. */
export function refusedTables(...parts: readonly string[]): RefusedTables {
  const key = createHash('sha256').update(parts.join('\n')).digest('hex').slice(0, 12)
  return { errors: `refused_lines_${key}`, scans: `refused_scans_${key}` }
}

const codes = [
  ['MISSING COLUMNS', 'missing_columns', 'the line has fewer cells than the header has columns'],
  ['TOO MANY COLUMNS', 'too_many_columns', 'the line has more cells than the header has columns'],
  ['UNQUOTED VALUE', 'unclosed_quote', 'a quote is opened and not closed as it should be'],
  ['LINE SIZE OVER MAXIMUM', 'line_too_long', 'the line is too long'],
  ['INVALID ENCODING', 'invalid_encoding', 'the line is no valid text'],
] as const

/** Options by which DuckDB reads records up to a length. Its buffers must hold several, or it loses them without a word. */
export function recordLimits(longestRecord: number): Sql {
  if (longestRecord < 1_000_000) return sql.empty
  const bytes = longestRecord + 1000
  return sql`, max_line_size = ${bytes}, buffer_size = ${Math.max(32_000_000, 4 * bytes)}`
}

/** A file that DuckDB reads, by its path. */
export interface ReadPart {
  readonly path: string
  /** Its name as people know it. */
  readonly shown: string
  /** Lines of the whole file that stand before this part of it. */
  readonly linesBefore?: number
}

/** The refused lines, one row each however many errors it has, with at most 10,000 characters of their text. */
export function refusedLines({ errors, scans }: RefusedTables, parts: readonly ReadPart[]): Sql {
  const files = parts.map(({ path, shown }) => sql`${path}: ${shown}`)
  const before = parts.map(({ path, linesBefore = 0 }) => sql`${path}: ${linesBefore}`)
  const pick = (index: 1 | 2) =>
    sql.join(
      codes.map((code) => sql`when ${code[0]} then ${code[index]}`),
      ' ',
    )
  return sql`
    select
      map {${sql.join(files)}}[file_path] as _file,
      cast(line + map {${sql.join(before)}}[file_path] as bigint) as _line,
      trim(csv_line, chr(10) || chr(13)) as _raw,
      case kind ${pick(1)} else 'broken_line' end as code,
      case kind ${pick(2)} else 'the line cannot be read' end as message,
      true as _skipped
    from (
      select file_path, line, line_byte_position, any_value(csv_line) as csv_line, min(cast(error_type as varchar)) as kind
      from ${sql.id(errors)} as error
      join ${sql.id(scans)} as scan using (scan_id, file_id)
      group by file_path, line, line_byte_position
    )
    order by _file, _line, line_byte_position
  `
}
