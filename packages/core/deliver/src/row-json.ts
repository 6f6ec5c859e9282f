import { type Column, type Sql, sql } from '@sillage/sql'

/**
 * Rows as SQL text of JSON: decimals, and integers past 2^53, as text, so that no digit is lost; dates and times in ISO; doubles that
 * JSON lacks as text. Not DuckDB's own rendering: whoever parses its numbers loses digits.
 */
export function rowJson(columns: readonly Column[]): Sql {
  const fields = columns.map(({ name, type }) => sql`${name}: ${jsonReady(sql.id(name), parseType(type))}`)
  return sql`to_json({${sql.join(fields)}})::varchar`
}

/** What of a type decides how its values are written. */
type Shape =
  | { readonly kind: 'plain' | 'text' | 'float' | 'wide' | 'time' }
  | { readonly kind: 'list'; readonly item: Shape; readonly type: string }
  | { readonly kind: 'struct'; readonly fields: readonly { readonly name: string; readonly shape: Shape }[] }
  | { readonly kind: 'map'; readonly key: Shape; readonly value: Shape }

const plain = /^(BOOLEAN|TINYINT|SMALLINT|INTEGER|UTINYINT|USMALLINT|UINTEGER)$/
const wide = /^(BIGINT|UBIGINT|HUGEINT|UHUGEINT)$/

/** The shape of a type by DuckDB's name of it, such as `STRUCT(a BIGINT, "b c" VARCHAR)[]`. */
function parseType(type: string): Shape {
  const list = /^(.*)\[\d*\]$/s.exec(type)
  if (list) return { kind: 'list', item: parseType(list[1]!), type: `${list[1]}[]` }
  const inner = /^(STRUCT|MAP)\((.*)\)$/s.exec(type)
  if (inner?.[1] === 'STRUCT')
    return { kind: 'struct', fields: splitTopLevel(inner[2]!).map((part) => parseField(part)) }
  if (inner?.[1] === 'MAP') {
    const [key = 'VARCHAR', value = 'VARCHAR'] = splitTopLevel(inner[2]!)
    return { kind: 'map', key: parseType(key), value: parseType(value) }
  }
  if (plain.test(type)) return { kind: 'plain' }
  if (wide.test(type)) return { kind: 'wide' }
  if (type === 'DOUBLE' || type === 'FLOAT') return { kind: 'float' }
  return { kind: type.startsWith('TIMESTAMP') ? 'time' : 'text' }
}

function parseField(text: string): { readonly name: string; readonly shape: Shape } {
  const quoted = /^"((?:[^"]|"")*)" (.*)$/s.exec(text)
  if (quoted) return { name: quoted[1]!.replaceAll('""', '"'), shape: parseType(quoted[2]!) }
  const blank = text.indexOf(' ')
  return { name: text.slice(0, blank), shape: parseType(text.slice(blank + 1)) }
}

/** Parts between the commas that stand in no parentheses and no quotes. */
function splitTopLevel(text: string): readonly string[] {
  const parts: string[] = []
  let depth = 0
  let quote = ''
  let start = 0
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at]!
    if (quote !== '') {
      if (char === quote) quote = ''
    } else if (char === '"' || char === "'") quote = char
    else if (char === '(') depth += 1
    else if (char === ')') depth -= 1
    else if (char === ',' && depth === 0) {
      parts.push(text.slice(start, at).trim())
      start = at + 1
    }
  }
  return [...parts, text.slice(start).trim()]
}

function jsonReady(value: Sql, shape: Shape, depth = 0): Sql {
  switch (shape.kind) {
    case 'plain':
      return value
    case 'text':
      return sql`${value}::varchar`
    case 'time':
      return sql`replace(${value}::varchar, ' ', 'T')`
    case 'wide':
      return sql`case when ${value} between ${sql.trusted('-9007199254740991')} and ${sql.trusted('9007199254740991')} then to_json(${value}) else to_json(${value}::varchar) end`
    case 'float':
      return sql`case when ${value} is null or isfinite(${value}) then to_json(${value}::double) when isnan(${value}) then to_json('NaN') when ${value} > 0 then to_json('Infinity') else to_json('-Infinity') end`
    case 'list': {
      const item = sql.id(`item_${depth}`)
      return sql`list_transform(${value}::${sql.trusted(shape.type)}, lambda ${item}: ${jsonReady(item, shape.item, depth + 1)})`
    }
    case 'struct': {
      const fields = shape.fields.map(
        ({ name, shape: inner }) =>
          sql`${name}: ${jsonReady(sql`struct_extract(${value}, ${name})`, inner, depth)}`,
      )
      return sql`case when ${value} is not null then to_json({${sql.join(fields)}}) end`
    }
    case 'map': {
      const entry = sql.id(`entry_${depth}`)
      const key = jsonReady(sql`${entry}.key`, shape.key, depth + 1)
      const item = jsonReady(sql`${entry}.value`, shape.value, depth + 1)
      return sql`list_transform(map_entries(${value}), lambda ${entry}: to_json([to_json(${key}), to_json(${item})]))`
    }
  }
}
