import { type Sql, sql } from '@sillage/sdk'
import { zonedForm } from './zoned-form.ts'

const padded = ['%d', '%m', '%H', '%I'] as const

/**
 * Reads a date or a time by the first of the formats that writes the same text back, in any capitals; days, months and hours may lack their
 * leading zero. A time with an offset (`%z`) becomes UTC.
 */
export function dateForms(text: Sql, formats: readonly string[], type: 'date' | 'timestamp'): Sql {
  return sql.join(
    [sql`coalesce(`, sql.join(formats.map((format) => oneForm(text, format, type))), sql`)`],
    '',
  )
}

function oneForm(text: Sql, format: string, type: 'date' | 'timestamp'): Sql {
  if (format.includes('%z')) return zonedForm(text, format, (local, form) => oneForm(local, form, type))
  const dotted = format.includes('%p') ? plainHalfDay(text) : text
  const read = sql`try_strptime(${dotted}, ${format})`
  const value = type === 'date' ? sql`cast(${read} as date)` : read
  const lettered = /%[aAbBp]/.test(format)
  const same = (written: Sql): Sql =>
    lettered ? sql`lower(${written}) = lower(${dotted})` : sql`${written} = ${dotted}`
  const written = spellings(format).map((spelling) => same(sql`strftime(${value}, ${spelling})`))
  return sql`case when ${sql.join(written, ' or ')} then ${value} end`
}

/** `a.m.` and `p. m.` as `am` and `pm`. */
function plainHalfDay(text: Sql): Sql {
  return sql`regexp_replace(${text}, '([aApP])\\. ?([mM])\\.', '\\1\\2')`
}

/** The format, then every way to leave leading zeros out: `%d/%m/%Y`, `%-d/%m/%Y`, … */
function spellings(format: string): readonly string[] {
  let known = [format]
  for (const part of padded) {
    if (format.includes(part)) known = known.flatMap((text) => [text, text.replace(part, `%-${part[1]}`)])
  }
  return known
}
