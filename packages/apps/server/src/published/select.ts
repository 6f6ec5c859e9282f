import { didYouMean, SillageError } from '@sillage/base'
import { type Sql, sql } from '@sillage/sql'
import type { Role } from '../host.ts'
import type { Format } from '../reader/protocol.ts'
import { columnsOf, type Filter, type FilterValue, parseFilter } from './filter.ts'

/** A column of a published table. */
export interface MartColumn {
  readonly name: string
  readonly type: string
  readonly comment: string | null
  readonly personal: boolean
  readonly key: boolean
  readonly role: string | null
}

/** What is asked of a table, as it came. */
export interface TableRequest {
  readonly columns?: string
  readonly filter?: string
  readonly order?: string
  readonly limit: number
  readonly offset: number
}

export interface TableSelect {
  readonly statement: string
  readonly columns: readonly MartColumn[]
  /** Columns that are given as null. */
  readonly masked: readonly string[]
}

/**
 * A select over a published table. Names are those of the table, values are literals. Who only reads gets personal columns as null, and
 * may neither filter nor sort by them: both would tell them. Throws `column_unknown`, `column_masked`, `filter_invalid`.
 */
export function tableSelect({
  table,
  columns,
  request,
  role,
  format,
}: {
  readonly table: string
  readonly columns: readonly MartColumn[]
  readonly request: TableRequest
  readonly role: Role
  readonly format: Format
}): TableSelect {
  const byName = new Map(columns.map((column) => [column.name, column]))
  const find = (name: string): MartColumn => {
    const column = byName.get(name)
    if (column) return column
    throw new SillageError({
      code: 'column_unknown',
      message: `There is no column "${name}"`,
      hint: didYouMean(name, byName.keys()),
    })
  }
  const isMasked = ({ personal }: MartColumn): boolean => personal && role !== 'operate'
  const open = (name: string): MartColumn => {
    const column = find(name)
    if (!isMasked(column)) return column
    throw new SillageError({
      code: 'column_masked',
      message: `"${name}" is personal: it is neither filtered nor sorted by`,
      hint: 'use the token with the role operate',
    })
  }
  const shown = request.columns === undefined ? columns : namesIn(request.columns).map(find)
  const filter = request.filter === undefined ? undefined : parseFilter(request.filter)
  for (const name of filter ? columnsOf(filter) : []) open(name)
  const order = request.order === undefined ? [] : namesIn(request.order).map((name) => orderBy(name, open))
  const parts = [
    sql`select ${sql.join(shown.map((column) => shownAs(column, { masked: isMasked(column), format })))}`,
    sql`from ${sql.id('main', table)}`,
    ...(filter ? [sql`where ${filterSql(filter)}`] : []),
    ...(order.length > 0 ? [sql`order by ${sql.join(order)}`] : []),
    sql`limit ${request.limit} offset ${request.offset}`,
  ]
  return {
    statement: sql.join(parts, '\n').text,
    columns: shown,
    masked: shown.filter(isMasked).map(({ name }) => name),
  }
}

/** A condition as SQL. */
export function filterSql(filter: Filter): Sql {
  switch (filter.kind) {
    case 'and':
    case 'or':
      return sql`(${sql.join(filter.parts.map(filterSql), ` ${filter.kind} `)})`
    case 'not':
      return sql`(not ${filterSql(filter.part)})`
    case 'compare':
      return sql`(${sql.id(filter.column)} ${sql.trusted(filter.operator)} ${literalOf(filter.value)})`
    case 'in':
      return sql`(${sql.id(filter.column)} in (${sql.join(filter.values.map(literalOf))}))`
    case 'null':
      return sql`(${sql.id(filter.column)} is null)`
    case 'like':
      return sql`(${sql.id(filter.column)} ${sql.trusted(filter.folded ? 'ilike' : 'like')} ${filter.pattern})`
    default:
      return filter satisfies never
  }
}

/** The digits of a number as they were written; its pattern leaves nothing else. An exponent makes a double, as in SQL. */
function literalOf(value: FilterValue): Sql {
  if (typeof value !== 'object') return sql.literal(value)
  return /e/i.test(value.number) ? sql.literal(Number(value.number)) : sql.trusted(value.number)
}

/** A masked column keeps its name and type, and none of its values is read. As Arrow, what has parts is given as JSON text. */
function shownAs(
  { name, type }: MartColumn,
  { masked, format }: { readonly masked: boolean; readonly format: Format },
): Sql {
  const column = sql.id(name)
  const shown = masked ? sql`case when false then ${column} end` : column
  if (format === 'arrow' && /\]$|^(STRUCT|MAP|UNION)\b/.test(type))
    return sql`to_json(${shown})::varchar as ${column}`
  if (format === 'arrow' && /^(UUID|INTERVAL|BIT|TIME WITH TIME ZONE)$/.test(type))
    return sql`${shown}::varchar as ${column}`
  return masked ? sql`${shown} as ${column}` : column
}

function orderBy(text: string, open: (name: string) => MartColumn): Sql {
  const down = text.startsWith('-')
  const { name } = open(down ? text.slice(1) : text)
  return sql`${sql.id(name)} ${sql.trusted(down ? 'desc' : 'asc')} nulls last`
}

function namesIn(text: string): readonly string[] {
  return text.split(',').map((name) => name.trim())
}
