import { type Column, type Sql, sql } from '@sillage/sdk'
import type { Session } from '@sillage/sql'

/** Rows in files, in their order. */
export interface ParquetRows {
  /** Absolute paths. */
  readonly files: readonly string[]
  readonly columns: readonly Pick<Column, 'name' | 'type'>[]
}

/** Types that Parquet does not give back as they were: their values go as text. */
const textual = /\b(U?HUGEINT|ENUM|UNION|BIT|INTERVAL|TIMESTAMP_M?S|TIME WITH TIME ZONE|TIME_NS|BIGNUM)\b/

export async function columnsOf(session: Session, relation: string): Promise<ParquetRows['columns']> {
  const found = await session.rows<{ column_name: string; column_type: string }>(`describe ${relation}`)
  return found.map(({ column_name: name, column_type: type }) => ({ name, type }))
}

/** Writes the rows of a relation, or those of them that a condition picks, into a file. */
export async function writeFile(
  session: Session,
  {
    relation,
    columns,
    file,
    where,
  }: {
    readonly relation: string
    readonly columns: ParquetRows['columns']
    readonly file: string
    readonly where?: string
  },
): Promise<void> {
  const list = columns.map(({ name, type }) =>
    textual.test(type) ? sql`${sql.id(name)}::varchar as ${sql.id(name)}` : sql.id(name),
  )
  await session.run(
    `copy (select ${sql.join(list).text} from ${relation}${where === undefined ? '' : ` where ${where}`}) to ${sql.literal(file).text} (format parquet)`,
  )
}

/** A select of the rows, with the types that they were written from. */
export function selectRows({ files, columns }: ParquetRows): Sql {
  const list = columns.map(
    ({ name, type }) => sql`cast(${sql.id(name)} as ${sql.trusted(type)}) as ${sql.id(name)}`,
  )
  return sql`select ${sql.join(list)} from read_parquet(${sql.list([...files])}, hive_partitioning = false)`
}
