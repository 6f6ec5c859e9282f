import { type SourceContext, type Sql, sql } from '@sillage/sdk'
import { askFile } from '../files/grown.ts'
import { detectTypes } from '../text/column-types.ts'
import type { CsvOptions } from './options.ts'
import { asked, type Part, selects } from './part.ts'
import type { Table } from './table.ts'

/** The types of columns whose every value, in every file, comes back as it was written; all others stay text. */
export async function typesOf(facts: {
  readonly tables: readonly Table[]
  readonly names: readonly string[]
  readonly config: CsvOptions
  readonly context: SourceContext
}): Promise<Readonly<Record<string, string>>> {
  const { tables, ...rest } = facts
  return await detectTypes(samples(facts), async (aggregates) => {
    const found: Facts[] = []
    for (const table of tables) found.push(await factsOf({ table, aggregates, ...rest }))
    return found.reduce(both)
  })
}

type Facts = Readonly<Record<string, unknown>>

/** Aggregates over one file, with all columns of all files; of a file that grew only the new lines are read, where the rest is remembered. */
async function factsOf({
  table,
  names,
  aggregates,
  config,
  context,
}: {
  readonly table: Table
  readonly names: readonly string[]
  readonly aggregates: Sql
  readonly config: CsvOptions
  readonly context: SourceContext
}): Promise<Facts> {
  const none = sql`select ${sql.join(names.map((name) => sql`null::varchar as ${sql.id(name)}`))} where false`
  return await askFile<Part, Facts>({
    file: asked(table),
    what: `types ${aggregates.text} ${names.join(' ')}`,
    context,
    ask: async (part) => {
      const rows = sql.join([none, ...selects([part], config, {})], '\nunion all by name\n')
      const [row] = await context.query(sql`select ${aggregates} from (${rows})`, [table.file.path])
      return row!
    },
    both,
  })
}

/** Facts of two parts as those of both: what holds must hold in each, the largest counts; null is no row. */
function both(a: Facts, b: Facts): Facts {
  return Object.fromEntries(
    Object.keys(a).map((name) => {
      const [one, other] = [a[name], b[name]]
      if (one === null || other === null) return [name, one ?? other]
      if (typeof one === 'boolean') return [name, one && other]
      return [name, Math.max(Number(one), Number(other))]
    }),
  )
}

/** Values of each column in the heads of the files, without nulls. */
function samples({
  tables,
  names: all,
}: {
  readonly tables: readonly Table[]
  readonly names: readonly string[]
}): Readonly<Record<string, readonly string[]>> {
  return Object.fromEntries(
    all.map((name) => [
      name,
      tables.flatMap(({ names, sample }) => {
        const index = names.findIndex((other) => other.toLowerCase() === name.toLowerCase())
        return index < 0 ? [] : sample.records.flatMap((record) => record[index] || [])
      }),
    ]),
  )
}

/** A relation of texts with these types. */
export function typed(
  relation: Sql,
  names: readonly string[],
  types: Readonly<Record<string, string>>,
  provenance: boolean,
): Sql {
  if (Object.keys(types).length === 0) return relation
  const columns = names.map((name) =>
    types[name] ? sql`cast(${sql.id(name)} as ${sql.trusted(types[name])}) as ${sql.id(name)}` : sql.id(name),
  )
  return sql`
    select
      ${sql.lines([...columns, ...(provenance ? [sql`_file`, sql`_line`] : [])])}
    from (
      ${relation}
    )
  `
}
