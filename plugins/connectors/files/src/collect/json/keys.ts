import { type Sql, sql } from '@sillage/sdk'
import { digitsOf, exactDocument, isMarked, unmarked } from './exact-numbers.ts'

/** A column of the relation and where its value stands in a document. */
export interface JsonColumn {
  readonly name: string
  readonly path: string
}

/** The keys of all documents, in the order in which they first appear, and whether a document has one twice. */
export function distinctKeys(documents: Sql): Sql {
  return sql`
    select key, bool_or(times > 1) as repeated
    from (
      select number, key, min(place) as place, count(*) as times
      from (
        select number, unnest(keys) as key, generate_subscripts(keys, 1) as place
        from (
          select json_keys(document) as keys, min(number) as number
          from (select document, row_number() over () as number from (${documents}))
          group by keys
        )
      )
      group by number, key
    )
    group by key
    order by min({ 'number': number, 'place': place })
  `
}

/** Whether a document has a key twice in the object at one of these paths. */
export function repeatedKeys(documents: Sql, objects: readonly string[]): Sql {
  return sql`select coalesce(bool_or(${repeats(objects)}), false) as repeated from (${documents})`
}

/** True where a document has a key twice in the object at one of these paths: a reader takes one of its values and loses the other. */
export function repeats(objects: readonly string[]): Sql {
  const counts = objects.map((path) => {
    const keys = sql`json_keys(document, ${path})`
    return sql`coalesce(len(${keys}) > list_unique(${keys}), false)`
  })
  return sql`(${sql.join(counts, ' or ')})`
}

/** A JSON path to a key of the document itself, whatever is in it. */
export function pathTo(key: string): string {
  // No path leads to the empty key, but a pointer does.
  if (key === '') return '/'
  return `$."${key.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`
}

/** Each value as text; an object or a list is JSON text, null and absent are null. One pass over each document. */
export function cells(documents: Sql, columns: readonly JsonColumn[], place: readonly Sql[]): Sql {
  const values = columns.map(({ name }, index) => sql`cells[${index + 1}] as ${sql.id(name)}`)
  const extracted = sql`json_extract_string(exact, ${sql.list(columns.map(({ path }) => path))})`
  const more = sql.join(
    place.map((column) => sql`, ${column}`),
    '',
  )
  return sql`
    select
      ${sql.lines([...values, ...place])}
    from (
      select
        case
          when exact = document then ${extracted}
          else list_transform(${extracted}, lambda value: ${unmarked(sql`value`)})
        end as cells${more}
      from (
        select document, ${exactDocument} as exact${more}
        from (
          ${documents}
        )
      )
    )
  `
}

/** For each column what holds of its values: which types all have, and how many digits its numbers have. */
export function typeFacts(documents: Sql, columns: readonly JsonColumn[]): Sql {
  const paths = sql.list(columns.map(({ path }) => path))
  const aggregates = columns.flatMap((_, index) => {
    const kind = sql`kinds[${index + 1}]`
    const value = sql`cells[${index + 1}]`
    const isNumber = sql`(${kind} in ('BIGINT', 'UBIGINT', 'DOUBLE') or (${kind} = 'VARCHAR' and ${isMarked(value)}))`
    const digits = digitsOf(value)
    const of = (fact: string, condition: Sql): Sql =>
      sql`bool_and(case when ${kind} <> 'NULL' then ${condition} end) as ${sql.id(`${fact}${index}`)}`
    const most = (fact: string, length: Sql): Sql =>
      sql`max(case when ${isNumber} then length(${length}) end) as ${sql.id(`${fact}${index}`)}`
    return [
      of(
        'whole',
        sql`${isNumber} and regexp_full_match(${digits}, '-?[0-9]+') and try_cast(${digits} as bigint) is not null`,
      ),
      of('decimal', sql`${isNumber} and regexp_full_match(${digits}, '-?[0-9]+([.][0-9]+)?')`),
      of('double', sql`${isNumber} and ${comesBack(digits)}`),
      of('boolean', sql`${kind} = 'BOOLEAN'`),
      most('scale', sql`split_part(${digits}, '.', 2)`),
      most('digits', sql`ltrim(split_part(${digits}, '.', 1), '-')`),
    ]
  })
  return sql`
    select
      ${sql.lines(aggregates)}
    from (
      select json_type(document, ${paths}) as kinds, json_extract_string(document, ${paths}) as cells
      from (
        select ${exactDocument} as document
        from (
          ${documents}
        )
      )
    )
  `
}

/** True for digits that a double gives back: fifteen always, more where the shortest text of the double is what was written. */
function comesBack(digits: Sql): Sql {
  const double = sql`try_cast(${digits} as double)`
  const significant = sql`replace(regexp_replace(regexp_replace(${digits}, '[eE].*$', ''), '^-?[0.]*', ''), '.', '')`
  return sql`coalesce(isfinite(${double}) and (length(${significant}) <= 15 or cast(${double} as varchar) = ${digits}), false)`
}

/** The type of a column by its facts: a decimal before a double, which must give back every digit; text where nothing holds of all values. */
export function typeBy(facts: Readonly<Record<string, unknown>>, index: number): string | undefined {
  const size = (fact: string): number => Number(facts[`${fact}${index}`] ?? 0)
  if (facts[`whole${index}`] === true) return 'bigint'
  const scale = size('scale')
  if (facts[`decimal${index}`] === true && scale > 0 && scale <= 9 && size('digits') + scale <= 18)
    return `decimal(18, ${scale})`
  if (facts[`double${index}`] === true) return 'double'
  return facts[`boolean${index}`] === true ? 'boolean' : undefined
}
