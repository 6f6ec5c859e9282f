import { type Sql, sql } from '@sillage/sdk'

/** A column of the relation and where its value stands in a document. */
export interface JsonColumn {
  readonly name: string
  readonly path: string
}

/** The keys of all documents, in the order in which they first appear. */
export function distinctKeys(documents: Sql): Sql {
  return sql`
    select key
    from (
      select number, unnest(json_keys(document)) as key, generate_subscripts(json_keys(document), 1) as place
      from (select document, row_number() over () as number from (${documents}))
    )
    group by key
    order by min({ 'number': number, 'place': place })
  `
}

/** A JSON path to a key of the document itself, whatever is in it. */
export function pathTo(key: string): string {
  return `$."${key.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`
}

/** Each value as text; an object or a list is JSON text, null and absent are null. One pass over each document. */
export function cells(documents: Sql, columns: readonly JsonColumn[], place: readonly Sql[]): Sql {
  const values = columns.map(({ name }, index) => sql`cells[${index + 1}] as ${sql.id(name)}`)
  return sql`
    select
      ${sql.lines([...values, ...place])}
    from (
      select json_extract_string(document, ${sql.list(columns.map(({ path }) => path))}) as cells${sql.join(
        place.map((column) => sql`, ${column}`),
        '',
      )}
      from (
        ${documents}
      )
    )
  `
}

/** For each column one row of facts: which JSON types its values have, and whether numbers keep their digits. */
export function typeFacts(documents: Sql, columns: readonly JsonColumn[]): Sql {
  const aggregates = columns.map(({ path }, index) => {
    const type = sql`json_type(document, ${path})`
    const value = sql`json_extract_string(document, ${path})`
    const whole = sql`${type} in ('BIGINT', 'UBIGINT') and try_cast(${value} as bigint) is not null`
    const number = sql`(${whole} and abs(try_cast(${value} as bigint)) <= ${2 ** 53}) or (${type} = 'DOUBLE' and contains(${value}, '.') and isfinite(try_cast(${value} as double)))`
    const of = (condition: Sql, name: string) =>
      sql`bool_and(case when ${type} <> 'NULL' then ${condition} end) as ${sql.id(`${name}${index}`)}`
    return [of(whole, 'whole'), of(number, 'number'), of(sql`${type} = 'BOOLEAN'`, 'boolean')]
  })
  return sql`
    select
      ${sql.lines(aggregates.flat())}
    from (
      ${documents}
    )
  `
}

/** The type of a column by its facts; text where values are of several types. */
export function typeBy(facts: Readonly<Record<string, unknown>>, index: number): string | undefined {
  if (facts[`whole${index}`] === true) return 'bigint'
  if (facts[`number${index}`] === true) return 'double'
  return facts[`boolean${index}`] === true ? 'boolean' : undefined
}
