import type { Readable } from 'node:stream'
import { didYouMean, SillageError } from '@sillage/base'
import { sql } from '@sillage/sql'
import type { Role, ServedPipeline } from '../host.ts'
import type { Format } from '../reader/protocol.ts'
import type { Reader } from '../reader/reader.ts'
import { type MartColumn, type TableRequest, tableSelect } from './select.ts'

/** What a pipeline shows now. */
export interface MartDocument {
  /** The run that built it. */
  readonly run: string
  readonly published_at: string
  readonly as_of: string | null
  readonly tables: readonly {
    readonly name: string
    readonly rows: number
    readonly description: string | null
    readonly columns: readonly MartColumn[]
  }[]
}

/** A column that says in which segment a row is, and how many are in each. */
export interface SegmentSizes {
  readonly table: string
  readonly column: string
  readonly comment: string | null
  /** The largest first; null are rows without a segment. */
  readonly sizes: readonly {
    readonly [key: string]: unknown
    readonly value: string | null
    readonly rows: number
  }[]
}

const mostSegments = 200

interface TableRow {
  readonly [key: string]: unknown
  readonly name: string
  readonly rows: number
  readonly description: string | null
}

type ColumnRow = { readonly [key: string]: unknown; readonly table_name: string } & MartColumn

const columnsQuery = `select c.table_name, c.column_name as name, c.type, c.comment, coalesce(c.personal, false) as personal, coalesce(c."key", false) as "key", c.role
from sillage.columns c`

/** The published tables, read by the reader process. */
export class Marts {
  readonly #reader: Reader

  constructor(reader: Reader) {
    this.#reader = reader
  }

  async describe({ mart }: ServedPipeline): Promise<MartDocument> {
    const [run] = await this.#reader.rows<{
      run: string
      published_at: string
      as_of: string | null
    }>(mart, 'select run, published_at, as_of from sillage.runs')
    const tables = await this.#reader.rows<TableRow>(
      mart,
      `select table_name as name, estimated_size as "rows", comment as description
from duckdb_tables()
where schema_name = 'main' and not internal
order by table_oid`,
    )
    const columns = await this.#reader.rows<ColumnRow>(mart, columnsQuery)
    return {
      run: run?.run ?? '',
      published_at: run?.published_at ?? '',
      as_of: run?.as_of ?? null,
      tables: tables.map(({ name, rows, description }) => ({
        name,
        rows,
        description,
        columns: columns.filter(({ table_name }) => table_name === name).map(withoutTable),
      })),
    }
  }

  /** Rows of a table in a format, and which of its columns are given as null. Throws `table_unknown` and what `tableSelect` throws. */
  async rows(
    { mart }: ServedPipeline,
    {
      table,
      request,
      role,
      format,
    }: {
      readonly table: string
      readonly request: TableRequest
      readonly role: Role
      readonly format: Format
    },
  ): Promise<{ readonly stream: Readable; readonly masked: readonly string[] }> {
    const all = await this.#reader.rows<ColumnRow>(mart, columnsQuery)
    const columns = all.filter(({ table_name }) => table_name === table).map(withoutTable)
    if (columns.length === 0) throw tableUnknown(table, new Set(all.map(({ table_name }) => table_name)))
    const { statement, masked } = tableSelect({ table, columns, request, role, format })
    return { stream: await this.#reader.stream({ mart, statement, format }), masked }
  }

  /** Columns marked personal, each with its table. */
  async personal({ mart }: ServedPipeline): Promise<readonly (readonly [table: string, column: string])[]> {
    const all = await this.#reader.rows<ColumnRow>(mart, columnsQuery)
    return all.filter(({ personal }) => personal).map(({ table_name, name }) => [table_name, name])
  }

  /** Sizes of all segments that are published, without those that the role may not see. */
  async segments({ mart }: ServedPipeline, role: Role): Promise<readonly SegmentSizes[]> {
    const all = await this.#reader.rows<ColumnRow>(mart, columnsQuery)
    const found: SegmentSizes[] = []
    for (const { table_name: table, name: column, comment, personal, role: part } of all) {
      if (part !== 'segment' || (personal && role !== 'operate')) continue
      const statement = sql`select cast(${sql.id(column)} as varchar) as ${sql.id('value')}, count(*) as ${sql.id('rows')}
from ${sql.id('main', table)}
group by all
order by 2 desc, 1 nulls last
limit ${mostSegments}`
      found.push({ table, column, comment, sizes: await this.#reader.rows(mart, statement.text) })
    }
    return found
  }

  /** Refused rows by stage and reason, most first. */
  async rejects({ mart }: ServedPipeline): Promise<readonly Readonly<Record<string, unknown>>[]> {
    return await this.#reader.rows(
      mart,
      `select r.stage, s.rows_in, s.rejected, r.code, r.column_name as "column", r.message, r.rows
from sillage.rejects r left join sillage.steps s on s.stage = r.stage
order by r.rows desc, r.stage, r.code, r.column_name`,
    )
  }
}

function withoutTable({ name, type, comment, personal, key, role }: ColumnRow): MartColumn {
  return { name, type, comment, personal, key, role }
}

function tableUnknown(table: string, known: Iterable<string>): SillageError {
  return new SillageError({
    code: 'table_unknown',
    message: `The mart has no table "${table}"`,
    hint: didYouMean(table, known) ?? 'GET /api/v1/pipelines/{name}/marts lists them',
  })
}
