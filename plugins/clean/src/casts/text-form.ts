import { type Sql, sql } from '@sillage/sdk'

/** How numbers and dates are written in a text column. */
export interface TextForm {
  readonly trim: boolean
  readonly nulls: readonly string[]
  readonly decimal: '.' | ','
  readonly thousands: string | undefined
  readonly formats: readonly string[]
  readonly yes: readonly string[]
  readonly no: readonly string[]
}

const noBreakSpaces = [sql`chr(160)`, sql`chr(8239)`]
const breaks = [sql`chr(9)`, sql`chr(10)`, sql`chr(13)`, ...noBreakSpaces, sql`chr(65279)`]

/** Text without the blanks around it (spaces, no-break spaces, tabs, line ends, byte-order marks); blank text and `nulls` are null. */
export function cleanText(source: Sql, { trim, nulls }: TextForm): Sql {
  const text = trim ? trimmed(source) : sql`nullif(${source}, '')`
  if (nulls.length === 0) return text
  return sql`case when ${text} not in (${sql.join(nulls.map((word) => sql.literal(word)))}) then ${text} end`
}

/**
 * Nearly all values begin with a printable ASCII character and end in no blank, which is quick to see; `trim` with a list of
 * characters is slow. Text compares by its bytes: from `!` to below 127 is what its first character may be.
 */
function trimmed(source: Sql): Sql {
  const ends = [sql`' '`, ...breaks].map((char) => sql`ends_with(${source}, ${char})`)
  return sql`
    case
      when ${source} >= '!' and ${source} < chr(127) and not (${sql.join(ends, ' or ')}) then ${source}
      else nullif(trim(${source}, ' ' || ${sql.join(breaks, ' || ')}), '')
    end
  `
}

/**
 * A number's text as DuckDB writes it: `1 234,56` → `1234.56`. Separators that do not stand before each group of three digits
 * stay where they are, so that the cast refuses them; so does a point where the comma is the decimal sign.
 */
export function plainNumber(text: Sql, { decimal, thousands }: TextForm): Sql {
  const pointed = decimal === ',' ? swapped(text) : text
  if (thousands === undefined) return pointed
  const separators = thousands === ' ' ? [sql`' '`, ...noBreakSpaces] : [sql.literal(thousands)]
  const found = separators.map((char) => sql`contains(${text}, ${char})`)
  const class_ = thousands === ' ' ? '[ \\x{a0}\\x{202f}]' : `[${thousands}]`
  const grouped = `[+-]?[1-9][0-9]{0,2}(${class_}[0-9]{3})+([${decimal}][0-9]*)?`
  const joined = sql`regexp_replace(${text}, ${class_}, '', 'g')`
  return sql`
    case
      when not (${sql.join(found, ' or ')}) then ${pointed}
      when regexp_full_match(${text}, ${grouped}) then ${decimal === ',' ? swapped(joined) : joined}
      else ${text}
    end
  `
}

function swapped(text: Sql): Sql {
  return sql`case when contains(${text}, '.') then '' else replace(${text}, ',', '.') end`
}
