import { messageOf } from '@sillage/base'
import type { TableColumn } from '@sillage/ledger'
import { type Sql, sql } from '@sillage/sdk'
import type { OpenDatabase, Session } from '@sillage/sql'
import { canonicalSql, canonicalValue } from '@sillage/sql'
import { type Identifiers, shortest } from './identifiers.ts'
import type { Found } from './scan-bytes.ts'
import { holdsAsWords, mayHold } from './spellings.ts'

export interface ScannedRelations {
  readonly relations: number
  readonly hits: readonly Found[]
  readonly unread: readonly { readonly file: string; readonly why: string }[]
}

/**
 * Looks for identifiers by value in every table of these databases and in Parquet files: bytes alone would miss what is compressed.
 * Texts, lists and JSON are searched for the identifier as a word, texts for a very short one as the whole value; columns that carry a name of the key, or are called an id, for the key.
 */
export async function scanRelations({
  files,
  identifiers,
  keyNames,
  openDatabase,
}: {
  readonly openDatabase: OpenDatabase
  readonly files: readonly string[]
  readonly identifiers: Identifiers
  /** Every name that a column of the key has somewhere. */
  readonly keyNames: ReadonlySet<string>
}): Promise<ScannedRelations> {
  await using database = await openDatabase({ path: ':memory:' })
  using session = await database.session()
  const hits: Found[] = []
  const unread: { readonly file: string; readonly why: string }[] = []
  let relations = 0
  for (const file of files) {
    try {
      for (const { name, from, columns } of await relationsOf(file, session)) {
        relations += 1
        const found = await scanRelation(session, { from, columns, identifiers, keyNames })
        hits.push(...found.map(({ column, ...hit }) => ({ file, relation: `${name}.${column}`, ...hit })))
      }
    } catch (error) {
      unread.push({ file, why: messageOf(error).split('\n')[0]! })
    } finally {
      await session.run('detach database if exists scanned')
    }
  }
  return { relations, hits, unread }
}

interface Relation {
  readonly name: string
  readonly from: string
  readonly columns: readonly TableColumn[]
}

async function relationsOf(file: string, session: Session): Promise<readonly Relation[]> {
  if (file.endsWith('.parquet')) {
    const from = `read_parquet(${sql.literal(file).text})`
    const described = await session.rows<{ column_name: string; column_type: string }>(
      `describe select * from ${from}`,
    )
    const columns = described.map((column) => ({ name: column.column_name, type: column.column_type }))
    return [{ name: 'rows', from, columns }]
  }
  await session.run(`attach ${sql.literal(file).text} as scanned (read_only)`)
  const rows = await session.rows<{ schema: string; table: string; column: string; type: string }>(
    `select c.schema_name as schema, c.table_name as "table", c.column_name as "column", c.data_type as type
from duckdb_columns() c join duckdb_tables() t using (database_name, schema_name, table_name)
where c.database_name = 'scanned' order by 1, 2, c.column_index`,
  )
  const tables = new Map<string, { readonly relation: Relation; readonly columns: TableColumn[] }>()
  for (const { schema, table, column, type } of rows) {
    const name = `${schema}.${table}`
    const columns = tables.get(name)?.columns ?? []
    columns.push({ name: column, type })
    tables.set(name, {
      columns,
      relation: { name, from: sql.id('scanned', schema, table).text, columns },
    })
  }
  return [...tables.values()].map(({ relation }) => relation)
}

async function scanRelation(
  session: Session,
  {
    from,
    columns,
    identifiers,
    keyNames,
  }: Omit<Relation, 'name'> & {
    readonly identifiers: Identifiers
    readonly keyNames: ReadonlySet<string>
  },
): Promise<readonly { readonly column: string; readonly identifier: string; readonly found: number }[]> {
  const count = async (questions: readonly Question[], where: (question: Question) => Sql) => {
    if (questions.length === 0) return []
    const list = questions.map(
      (question, index) => sql`count(*) filter (where ${where(question)}) as ${sql.id(String(index))}`,
    )
    const row = await session.row<Readonly<Record<string, number>>>(
      `select ${sql.join(list).text} from ${from}`,
    )
    return questions.flatMap((question, index) => {
      const found = Number(row[String(index)])
      return found === 0 ? [] : [{ question, found }]
    })
  }
  const asked = columns.flatMap((column) => questionsFor(column, identifiers, keyNames))
  const likely = await count(asked, ({ maybe }) => maybe)
  const questions = likely.map(({ question }) => question)
  return (await count(questions, ({ where }) => where)).map(
    ({ question: { column, identifier }, found }) => ({
      column,
      identifier,
      found,
    }),
  )
}

interface Question {
  readonly column: string
  readonly identifier: string
  /** True where `where` is, and cheaper. */
  readonly maybe: Sql
  readonly where: Sql
}

function questionsFor(
  { name, type }: TableColumn,
  { keys, personal }: Identifiers,
  keyNames: ReadonlySet<string>,
): readonly Question[] {
  const column = sql.id(name)
  if (/^(VARCHAR|JSON)|\[|^(STRUCT|MAP|UNION)/.test(type)) {
    const text = sql`cast(${column} as varchar)`
    const isText = /^(VARCHAR|JSON)$/.test(type)
    return [...keys, ...personal].map(({ value, column: identifier }) => {
      const isShort = isText && value.length < shortest
      const where = isShort
        ? sql`coalesce(lower(trim(${text})) = lower(${value}), false)`
        : holdsAsWords([value], text)
      return { column: name, identifier, where, maybe: isShort ? where : mayHold(value, text) }
    })
  }
  if (!keyNames.has(name) && !/(^|_)id$/i.test(name)) return []
  return keys.map(({ value, column: identifier }) => {
    const where = sql`coalesce(${canonicalSql(column)} = ${canonicalValue(value)}, false)`
    return { column: name, identifier, where, maybe: where }
  })
}
