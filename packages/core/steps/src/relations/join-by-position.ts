import type { BatchStep, ModelStep } from '@sillage/plan'
import { type Column, placeColumns, type Sql, sql } from '@sillage/sdk'
import { fromColumn } from '@sillage/workers'

interface JoinFacts {
  readonly input: string
  readonly columns: readonly Column[]
  readonly makes: readonly Column[]
  /** Of which rows `_file` and `_line` of the input are kept. */
  readonly places?: 'none' | 'of refused' | 'of all'
  readonly made: string
}

/**
 * Columns in the order of the relation: made ones from the side table, the rest from the input; then the reserved ones. A made row stands where
 * the row of the input does, or, where the made ones have `_from`, at that of the input with this number.
 */
export function joinByPosition({ input, columns, makes, places = 'none', made }: JoinFacts): string {
  const fromMade = new Set(makes.map((column) => column.name))
  const isPlaced = fromMade.has(fromColumn.name)
  const reserved = makes.filter(({ name }) => name.startsWith('_') && name !== fromColumn.name)
  const list = [...columns, ...reserved].map(
    ({ name }) => sql`${sql.trusted(fromMade.has(name) ? 'made' : 'read')}.${sql.id(name)}`,
  )
  for (const name of places === 'none' ? [] : placeColumns) {
    const place = sql`read.${sql.id(name)}`
    list.push(
      sql`${places === 'of all' ? place : sql`case when made._reject <> 0 then ${place} end`} as ${sql.id(name)}`,
    )
  }
  const select = `select ${sql.join(list).text}`
  if (!isPlaced) return `${select}\nfrom ${input} as read\npositional join ${made} as made`
  const numbered = (relation: string, name: string): string =>
    `(select *, row_number() over () - 1 as ${name} from ${relation})`
  return `${select}\nfrom ${numbered(made, '_at')} as made\njoin ${numbered(input, '_position')} as read on made._from = read._position\norder by made._at`
}

/** True of a step whose rows are all that came back: nothing of them is taken from the input. */
export function isAllMade({
  provenance,
  columns,
  makes,
}: Pick<BatchStep, 'provenance' | 'columns' | 'makes'>): boolean {
  return !provenance && columns.every((column) => makes.some((one) => one.name === column.name))
}

/** Where the rows stand, as far as the table of a step says it. */
export function placesKept({
  provenance,
  carries,
  rejects,
}: Pick<BatchStep, 'provenance' | 'carries' | 'rejects'>): NonNullable<JoinFacts['places']> {
  if (!provenance) return 'none'
  return carries || rejects.length === 0 ? 'of all' : 'of refused'
}

/** The units of a model with what it says of each, null in columns of which it can say nothing. */
export function joinModel(
  { columns, makes }: Pick<ModelStep, 'columns' | 'makes'>,
  {
    input,
    made,
    nulls,
  }: { readonly input: string; readonly made: string; readonly nulls: ReadonlySet<string> },
): string {
  const joined = joinByPosition({ input, columns, makes, made })
  const replaced = makes.flatMap(({ name, type }) => (nulls.has(name) ? [nullColumn(name, type)] : []))
  return replaced.length === 0 ? joined : `select * replace (${sql.join(replaced).text}) from (\n${joined}\n)`
}

/** The units where the model says nothing of them. */
export function withoutModel(
  { columns, makes }: Pick<ModelStep, 'columns' | 'makes'>,
  input: string,
): string {
  const made = new Set(makes.map(({ name }) => name))
  const list = columns.map(({ name, type }) => (made.has(name) ? nullColumn(name, type) : sql.id(name)))
  return `select ${sql.join(list).text}\nfrom ${input}`
}

function nullColumn(name: string, type: string): Sql {
  return sql`cast(null as ${sql.trusted(type)}) as ${sql.id(name)}`
}
