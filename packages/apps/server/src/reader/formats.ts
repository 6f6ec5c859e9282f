import { type Session, toJson } from '@sillage/duckdb'
import { readBatches } from '@sillage/duckdb/bridge'
import type { JsonRow, JsonValue } from '@sillage/sql'
import { arrowSchema } from '@sillage/sql/arrow'
import { RecordBatchStreamWriter } from 'apache-arrow'
import type { Format } from './protocol.ts'

/** The bytes of a select in a format, part by part; nothing is materialised. Throws part-way where the statement fails part-way. */
export function formatted(session: Session, statement: string, format: Format): AsyncGenerator<Uint8Array> {
  switch (format) {
    case 'json':
      return jsonParts(session, statement)
    case 'csv':
      return csvParts(session, statement)
    case 'arrow':
      return arrowParts(session, statement)
    default:
      return format satisfies never
  }
}

interface Chunk {
  readonly names: readonly string[]
  /** Whether each column holds text: what a spreadsheet could run. */
  readonly texts: readonly boolean[]
  readonly rows: readonly (readonly JsonValue[])[]
}

/** Chunks of rows, at least one, which may be empty: what fails before the first row gives none. DuckDB ends a failed stream like a finished one: the transaction is the witness. */
async function* chunksOf({ connection }: Session, statement: string): AsyncGenerator<Chunk> {
  await connection.run('begin')
  const result = await connection.stream(statement)
  const names = result.deduplicatedColumnNames()
  const texts = result.columnTypes().map((type) => /^(VARCHAR|ENUM|JSON|UNION)/.test(String(type)))
  for (let first = true; ; first = false) {
    const chunk = await result.fetchChunk()
    const rows = chunk?.getRows() ?? []
    if (rows.length > 0 || first) yield { names, texts, rows: rows.map((row) => row.map(toJson)) }
    if (rows.length === 0) break
  }
  await connection.run('commit')
}

async function* jsonParts(session: Session, statement: string): AsyncGenerator<Uint8Array> {
  let before = '{"rows":['
  for await (const { names, rows } of chunksOf(session, statement)) {
    const texts = rows.map((row) =>
      JSON.stringify(Object.fromEntries(row.map((value, index) => [names[index]!, value])) satisfies JsonRow),
    )
    if (texts.length === 0) continue
    yield utf8(`${before}\n${texts.join(',\n')}`)
    before = ','
  }
  yield utf8(`${before === ',' ? '' : before}\n]}\n`)
}

async function* csvParts(session: Session, statement: string): AsyncGenerator<Uint8Array> {
  let head = true
  for await (const { names, texts, rows } of chunksOf(session, statement)) {
    const safe = rows.map((row) => row.map((value, index) => (texts[index] ? neutral(value) : value)))
    const lines = [...(head ? [names.map(neutral)] : []), ...safe].map(
      (row) => `${row.map(cell).join(',')}\r\n`,
    )
    head = false
    if (lines.length > 0) yield utf8(lines.join(''))
  }
}

/** A text that a spreadsheet would run as a formula gets a leading apostrophe (OWASP, CSV injection), as in files that are written. */
function neutral(value: JsonValue): JsonValue {
  return typeof value === 'string' && /^[=+\-@\t\r\n]/.test(value) ? `'${value}` : value
}

/** RFC 4180: null is empty, an empty text is quoted. */
function cell(value: JsonValue): string {
  if (value === null) return ''
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value)
  return text === '' || /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

async function* arrowParts({ connection }: Session, statement: string): AsyncGenerator<Uint8Array> {
  const columns = (await connection.runAndReadAll(`describe ${statement}`))
    .getRowObjectsJS()
    .map(({ column_name: name, column_type: type }) => ({ name: String(name), type: String(type) }))
  const writer = new RecordBatchStreamWriter()
  writer.reset(undefined, arrowSchema(columns))
  const parts = writer[Symbol.asyncIterator]()
  for await (const batch of readBatches({ connection, select: statement, batchRows: 8192 })) {
    writer.write(batch)
    const { value } = await parts.next()
    if (value) yield value as Uint8Array
  }
  writer.finish()
  for (let part = await parts.next(); !part.done; part = await parts.next()) yield part.value as Uint8Array
}

function utf8(text: string): Uint8Array {
  return Buffer.from(text)
}
