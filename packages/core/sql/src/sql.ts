/** Built plugins each carry this module: the mark is the same in all of them, and no data can bear it. */
const mark = Symbol.for('sillage.sql')

/** A piece of SQL. Made by the `sql` tag only, so that every identifier and literal in it is quoted. */
export class Sql {
  readonly text: string

  constructor(text: string) {
    this.text = text
    Object.freeze(this)
  }

  get [mark](): true {
    return true
  }

  toString(): string {
    return this.text
  }
}

function isSql(value: SqlValue): value is Sql {
  return typeof value === 'object' && value !== null && mark in value
}

export type SqlValue = Sql | string | number | bigint | boolean | null | Date

/**
 * The tag: `sql\`select ${sql.id('amount')} from ${relation} where tier = ${'gold'}\``.
 * `Sql` is spliced as it is; anything else becomes a literal. Common indentation is removed.
 */
function tag(strings: TemplateStringsArray, ...values: readonly SqlValue[]): Sql {
  const fixed = dedented(strings)
  let text = fixed[0]!
  for (const [index, value] of values.entries()) {
    const inner = isSql(value) ? value.text : literalText(value)
    text += indentLike(text, inner) + fixed[index + 1]!
  }
  return new Sql(text)
}

/** Quotes each part and joins them with dots. */
function id(...parts: readonly string[]): Sql {
  return new Sql(parts.map(quoteName).join('.'))
}

function literal(value: Exclude<SqlValue, Sql>): Sql {
  return new Sql(literalText(value))
}

/** Joins with a separator, `, ` unless said; an empty list is empty SQL. */
function join(parts: readonly Sql[], separator = ', '): Sql {
  return new Sql(parts.map((part) => part.text).join(separator))
}

/** A list literal of the values: `['a', 'b']`. */
function list(values: readonly Exclude<SqlValue, Sql>[]): Sql {
  return new Sql(`[${values.map(literalText).join(', ')}]`)
}

/** A column list, one a line, for the `select` clause. */
function lines(parts: readonly Sql[]): Sql {
  return new Sql(parts.map((part) => part.text).join(',\n'))
}

/** Text that is SQL already: a type's name, a user's checked expression. Never call it with unchecked input. */
function trusted(text: string): Sql {
  return new Sql(text)
}

/** A date literal from ISO text (`2011-12-10`). */
function date(iso: string): Sql {
  return new Sql(`date ${literalText(iso)}`)
}

const empty = new Sql('')

export const sql = Object.assign(tag, { id, literal, join, list, lines, trusted, date, empty })
export type SqlTag = typeof sql

/** Throws where a name holds NUL: DuckDB would take the statement to end there. */
export function quoteName(name: string): string {
  if (name.includes('\0')) throw new Error(`the name ${JSON.stringify(name)} holds a NUL character`)
  return `"${name.replaceAll('"', '""')}"`
}

function literalText(value: Exclude<SqlValue, Sql>): string {
  if (value === null) return 'null'
  switch (typeof value) {
    case 'string':
      return textLiteral(value)
    case 'number':
      return numberText(value)
    case 'bigint':
    case 'boolean':
      return String(value)
    default:
      return `timestamp '${value.toISOString().replace('T', ' ').replace('Z', '')}'`
  }
}

/** NUL would end the statement, so it is put between the parts of a text. */
function textLiteral(value: string): string {
  const [first = '', ...rest] = value.split('\0').map((part) => `'${part.replaceAll("'", "''")}'`)
  return rest.length === 0 ? first : `(${[first, ...rest].join(' || chr(0) || ')})`
}

function numberText(value: number): string {
  if (Number.isFinite(value))
    return Number.isInteger(value) && Math.abs(value) < 1e15 ? String(value) : `${value}`
  return `'${Number.isNaN(value) ? 'nan' : value > 0 ? 'inf' : '-inf'}'::double`
}

function indentLike(before: string, inner: string): string {
  if (!inner.includes('\n')) return inner
  const indent = /(?:^|\n)([ \t]*)[^\n]*$/.exec(before)?.[1] ?? ''
  return indent === '' ? inner : indentOutsideQuotes(inner, indent)
}

/** Line breaks inside quotes belong to a literal or a name and stay as they are. */
function indentOutsideQuotes(text: string, indent: string): string {
  let quote = ''
  let result = ''
  for (const char of text) {
    if (quote === '' && (char === "'" || char === '"')) quote = char
    else if (char === quote) quote = ''
    result += char === '\n' && quote === '' ? `\n${indent}` : char
  }
  return result
}

const cache = new WeakMap<TemplateStringsArray, readonly string[]>()

/** The fixed parts of a template without the first line break, the last one and the indentation they share. */
function dedented(strings: TemplateStringsArray): readonly string[] {
  const known = cache.get(strings)
  if (known) return known
  const result = strings[0]!.startsWith('\n') ? withoutIndent([...strings]) : [...strings]
  cache.set(strings, result)
  return result
}

function withoutIndent(parts: string[]): readonly string[] {
  parts[0] = parts[0]!.slice(1)
  parts[parts.length - 1] = parts.at(-1)!.replace(/\n[ \t]*$/, '')
  const starts = parts.flatMap((part, index) => {
    const lines = part.split('\n')
    return (index === 0 ? lines : lines.slice(1)).filter(
      (line, row, all) => line.trim() !== '' || (row === all.length - 1 && index < parts.length - 1),
    )
  })
  const common = Math.min(...starts.map((line) => /^[ \t]*/.exec(line)![0].length))
  return parts.map((part, index) =>
    part
      .split('\n')
      .map((line, row) => (index === 0 || row > 0 ? line.slice(Math.min(common, line.length)) : line))
      .join('\n'),
  )
}
