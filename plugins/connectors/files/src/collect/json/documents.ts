import { type Sql, sql } from '@sillage/sdk'
import { literalPath } from '../files/literal-path.ts'
import type { ReadableFile } from '../files/readable-files.ts'
import { type RefusedTables, recordLimits, refusedLines } from '../text/refused-lines.ts'
import { brokenMark } from '../text/transcode.ts'
import { repeats } from './keys.ts'

export type JsonFormat = 'lines' | 'array' | 'documents'

/** A file of JSON documents: one a line, the elements of one array, or one after another however their lines break. */
export interface Documents {
  readonly file: ReadableFile
  readonly path: string
  readonly format: JsonFormat
  readonly longestRecord: number
  /** Objects of its documents in which a key stands twice somewhere; absent where none does. */
  readonly repeating?: readonly string[]
  /** Lines of the file that other parts of it hold: those that could be read, and all. */
  readonly before?: { readonly read: number; readonly all: number }
}

/** What no text holds, so that it never cuts a line. */
const never = '\u0001\u0002\u0003\u0001'

/** The documents as text, one a row: `document`, and `_line` with `provenance`. Blank lines are no documents. */
export function readDocuments(
  { path, format, longestRecord, before }: Documents,
  { provenance, refused }: { readonly provenance: boolean; readonly refused?: RefusedTables },
): Sql {
  const line = before ? sql`row_number() over () + ${before.read}` : sql`row_number() over ()`
  const place = provenance ? sql`, ${line} as _line` : sql.empty
  if (format !== 'lines')
    return sql`select cast(json as varchar) as document${place} from read_json_objects(${literalPath(path)}, format = ${format === 'array' ? 'array' : 'unstructured'})`
  return sql`
    select document${provenance ? sql`, _line` : sql.empty}
    from (${linesOf({ path, longestRecord }, { place, ...(refused ? { refused } : {}) })})
    where trim(document) <> ''
  `
}

function linesOf(
  { path, longestRecord }: Pick<Documents, 'path' | 'longestRecord'>,
  { place = sql.empty, refused }: { readonly place?: Sql; readonly refused?: RefusedTables },
): Sql {
  const rejects = refused
    ? sql`store_rejects = true, rejects_table = ${refused.errors}, rejects_scan = ${refused.scans}, rejects_limit = 0`
    : sql`ignore_errors = true`
  return sql`
    select document${place}
    from read_csv(${literalPath(path)}, auto_detect = false, columns = {'document': 'VARCHAR'}, delim = ${never}, quote = '', escape = '', header = false, ${rejects}${recordLimits(longestRecord)})
  `
}

/** Every line that can be read, blank ones too: what `_line` counts. */
export function readLines(documents: Documents): Sql {
  return sql`select document from (${linesOf(documents, {})})`
}

/** JSON as RFC 8259 has it: DuckDB also takes a comma before a closing bracket, and numbers that are none. */
const isJson: Sql = sql`
  case
    when not json_valid(document) then false
    when not regexp_matches(document, ${',\\s*[\\]}]|(?i:nan|inf)'}) then true
    else not regexp_matches(regexp_replace(document, ${'"(\\\\.|[^"\\\\])*"'}, '""', 'g'), ${',\\s*[\\]}]|(?i:nan|inf)'})
  end
`

/** True for a document that is an object. */
const isObject: Sql = sql`case when ${isJson} then json_type(document) = 'OBJECT' else false end`

/** True for a document that is a row: an object without a key that stands twice. */
export function isRow({ repeating }: Documents): Sql {
  return repeating === undefined
    ? isObject
    : sql`case when ${isObject} then not ${repeats(repeating)} else false end`
}

/** Why a document is refused, in the order in which it is asked. */
const reasons: readonly (readonly [condition: Sql, code: string, message: string])[] = [
  [sql`starts_with(document, ${brokenMark})`, 'invalid_encoding', 'the line is no valid text'],
  [isObject, 'repeated_key', 'a key stands twice in the document: one of its values would be lost'],
  [isJson, 'not_an_object', 'the document is no object'],
  [sql`true`, 'broken_json', 'the document is no valid JSON'],
]

/** Documents that are no objects, and lines that could not be read at all. */
export function refusedDocuments(all: readonly Documents[], tables: RefusedTables): Sql {
  const reason = (index: 1 | 2) =>
    sql.join(
      reasons.map((one) => sql`when ${one[0]} then ${one[index]}`),
      ' ',
    )
  const broken = all.map(
    (documents) => sql`
      select
        ${documents.file.shown} as _file,
        cast(_line as bigint) as _line,
        ltrim(document, ${brokenMark}) as _raw,
        case ${reason(1)} end as code,
        case ${reason(2)} end as message,
        false as _skipped
      from (
        ${readDocuments(documents, { provenance: true })}
      )
      where not (${isRow(documents)})
    `,
  )
  const lines = all.filter(({ format }) => format === 'lines')
  const unread =
    lines.length === 0
      ? []
      : [
          sql`select * from (${refusedLines(
            tables,
            lines.map(({ path, file, before }) => ({
              path,
              shown: file.shown,
              linesBefore: before?.all ?? 0,
            })),
          )})`,
        ]
  return sql.join([...broken, ...unread], '\nunion all\n')
}
