import { type Sql, sql } from '@sillage/sdk'
import type { ReadableFile } from '../files/readable-files.ts'
import { type RefusedTables, refusedLines } from '../text/refused-lines.ts'

/** A file of JSON documents: one a line, or the elements of one array. */
export interface Documents {
  readonly file: ReadableFile
  readonly path: string
  readonly format: 'lines' | 'array'
}

/** A character that no JSON text holds unescaped, so that it never cuts a line. */
const never = '\u0001'

/** The documents as text, one a row: `document`, and `_line` with `provenance`. Blank lines are no documents. */
export function readDocuments(
  { path, format }: Documents,
  { provenance, refused }: { readonly provenance: boolean; readonly refused?: RefusedTables },
): Sql {
  const place = provenance ? sql`, row_number() over () as _line` : sql.empty
  if (format === 'array')
    return sql`select cast(json as varchar) as document${place} from read_json_objects(${path}, format = 'array')`
  const rejects = refused
    ? sql`store_rejects = true, rejects_table = ${refused.errors}, rejects_scan = ${refused.scans}, rejects_limit = 0`
    : sql`ignore_errors = true`
  return sql`
    select document${provenance ? sql`, _line` : sql.empty}
    from (
      select document${place}
      from read_csv(${path}, auto_detect = false, columns = {'document': 'VARCHAR'}, delim = ${never}, quote = '', escape = '', header = false, ${rejects})
    )
    where trim(document) <> ''
  `
}

/** True for a document that is an object, and so may be a row. */
export const isObject: Sql = sql`case when json_valid(document) then json_type(document) = 'OBJECT' else false end`

/** Documents that are no objects, and lines that could not be read at all; lines are counted among the readable ones, then put right. */
export function refusedDocuments(all: readonly Documents[], tables: RefusedTables): Sql {
  const broken = all.map(
    (documents) => sql`
      select
        ${documents.file.shown} as _file,
        cast(_line as bigint) as _line,
        document as _raw,
        case when json_valid(document) then 'not_an_object' else 'broken_json' end as code,
        case when json_valid(document) then 'the document is no object' else 'the document is no valid JSON' end as message,
        false as _skipped
      from (
        ${readDocuments(documents, { provenance: true })}
      )
      where not (${isObject})
    `,
  )
  const lines = all.filter(({ format }) => format === 'lines')
  const unread =
    lines.length === 0
      ? []
      : [
          sql`select * from (${refusedLines(tables, new Map(lines.map(({ path, file }) => [path, file.shown])))})`,
        ]
  const refused = sql.join([...broken, ...unread], '\nunion all\n')
  if (unread.length === 0) return refused
  return sql`
    with refused as (
      ${refused}
    ),
    unread as (
      select _file, _line - row_number() over (partition by _file order by _line) as readable_before
      from refused
      where _skipped
    )
    select _file, _line + case when _skipped then 0 else (
        select count(*) from unread where unread._file = refused._file and unread.readable_before < refused._line
      ) end as _line, _raw, code, message, _skipped
    from refused
    order by _file, _line
  `
}
