import { type Column, type Sql, sql, type Warning } from '@sillage/sdk'
import { isReserved } from './inputs.ts'
import type { Binder } from './ports.ts'

/** The rows with all columns of the whole source: a new file may lack some, or have them of another type. */
export async function withColumns(
  select: Sql,
  {
    columns,
    binder,
    state,
  }: { readonly columns: readonly Column[]; readonly binder: Binder; readonly state: string },
): Promise<string> {
  const own = new Map(
    (await binder.describe({ select: select.text, relations: [], state })).map(({ name, type }) => [
      name,
      type,
    ]),
  )
  if (columns.every(({ name, type }) => own.get(name) === type)) return select.text
  const list = columns.map(({ name, type }) =>
    own.has(name)
      ? sql`cast(${sql.id(name)} as ${sql.trusted(type)}) as ${sql.id(name)}`
      : sql`cast(null as ${sql.trusted(type)}) as ${sql.id(name)}`,
  )
  return sql`select ${sql.join(list)} from (${select})`.text
}

/**
 * Names that begin with _ are the engine's (a `_reject` of a file would hide its rows, a `_id` would be lost): a source's own lose
 * their underscores, and get a number where that name is taken.
 */
export function withoutReserved(
  scanned: Sql,
  columns: readonly Column[],
  provenance: boolean,
): { readonly select: Sql; readonly columns: readonly Column[]; readonly renamed: readonly string[] } {
  const isOwn = (column: Column) => isReserved(column) && !(provenance && /^_(file|line)$/.test(column.name))
  if (!columns.some(isOwn)) return { select: scanned, columns, renamed: [] }
  const taken = new Set(columns.map(({ name }) => name.toLowerCase()))
  const free = (name: string): string => {
    const plain = name.replace(/^_+/, '') || 'column'
    let candidate = plain
    for (let number = 1; taken.has(candidate.toLowerCase()); number += 1) candidate = `${plain}_${number}`
    taken.add(candidate.toLowerCase())
    return candidate
  }
  const names = columns.map((column) => (isOwn(column) ? free(column.name) : column.name))
  const list = columns.map(({ name }, index) => sql`${sql.id(name)} as ${sql.id(names[index]!)}`)
  return {
    select: sql`
      select ${sql.join(list)}
      from (
        ${scanned}
      )
    `,
    columns: columns.map((column, index) => ({ ...column, name: names[index]! })),
    renamed: columns.flatMap(({ name }, index) =>
      name === names[index] ? [] : [`${name} to ${names[index]}`],
    ),
  }
}

/** Says so of columns that are called otherwise than in their source. */
export function columnsRenamed(renamed: readonly string[]): readonly Warning[] {
  if (renamed.length === 0) return []
  return [
    {
      code: 'columns_renamed',
      message: `${renamed.map((text) => text.replace(/ to ([^ ]+)$/, ' is called $1')).join(', ')}: names that begin with _ are the engine's`,
      hint: 'read them by these names, or rename them where the file is written',
    },
  ]
}
