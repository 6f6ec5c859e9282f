import { canonicalText, type Sql, sql } from '@sillage/sdk'

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

/**
 * Text in its canonical form, without the blanks around it, or as it came where `trim` says no; blank text and `nulls` are null. `plain` is
 * where it is known whether the text is its own canonical form.
 */
export function cleanText(source: Sql, { trim, nulls }: TextForm, plain?: Sql): Sql {
  const text = sql`nullif(${trim ? canonicalText(source, plain) : source}, '')`
  if (nulls.length === 0) return text
  return sql`case when ${text} not in (${sql.join(nulls.map((word) => sql.literal(word)))}) then ${text} end`
}
