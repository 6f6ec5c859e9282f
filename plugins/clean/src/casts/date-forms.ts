import { type Sql, sql } from '@sillage/sdk'

const padded = ['%d', '%m', '%H', '%I'] as const

/** Reads a date or a time by the first of the formats that writes the same text back; days, months and hours may lack their leading zero. */
export function dateForms(text: Sql, formats: readonly string[], type: 'date' | 'timestamp'): Sql {
  const branches = formats.map((format) => {
    const read = sql`try_strptime(${text}, ${format})`
    const value = type === 'date' ? sql`cast(${read} as date)` : read
    const written = spellings(format).map((spelling) => sql`strftime(${value}, ${spelling}) = ${text}`)
    return sql`when ${sql.join(written, ' or ')} then ${value}`
  })
  return sql`case ${sql.join(branches, ' ')} end`
}

/** The format, then every way to leave leading zeros out: `%d/%m/%Y`, `%-d/%m/%Y`, … */
function spellings(format: string): readonly string[] {
  let known = [format]
  for (const part of padded) {
    if (format.includes(part)) known = known.flatMap((text) => [text, text.replace(part, `%-${part[1]}`)])
  }
  return known
}
