import { type Sql, sql } from '@sillage/sdk'

/** Stands before the digits of a number that travels as text. No text of a customer begins so. */
const mark = '\u0001\u0002'
/** The mark as JSON writes it. */
const written = '\\u0001\\u0002'

/**
 * A number that DuckDB, which parses it to a double, would not give back as it was written: of more than fifteen digits, with an exponent, with
 * zeros behind its digits, or very small. It may also stand inside a text: then nothing is lost but time.
 */
const lossyNumber =
  '[:,\\[]\\s*-?([0-9.]{17,}|[0-9.]*[eE]|[0-9]*[.][0-9]*0\\s*[],}]|0[.]0000|0\\s*[],}])|^\\s*-?[0-9]'

const number = '-?[0-9]+(?:[.][0-9]+)?(?:[eE][-+]?[0-9]+)?'

/** True where numbers of the document are read as marked texts. */
const isLossy: Sql = sql`regexp_matches(document, ${lossyNumber})`

/** Numbers where they may stand; a text that holds such a place is broken by it, and the JSON with it. */
const quick = marked(
  sql`regexp_replace(document, ${`([:,\\[]\\s*)(${number})`}, ${'\\1\u0001\\2\u0002'}, 'g')`,
)

/** Token by token: texts stay as they are. */
const sure = marked(
  sql`replace(regexp_replace(document, ${`("(?:\\\\.|[^"\\\\])*")|(${number})`}, ${'\\1\u0001\\2\u0002'}, 'g'), ${'\u0001\u0002'}, '')`,
)

function marked(bracketed: Sql): Sql {
  return sql`replace(replace(${bracketed}, ${'\u0001'}, ${`"${written}`}), ${'\u0002'}, '"')`
}

/** The document with the numbers as texts, marked, where a double would change one of them. */
export const exactDocument: Sql = sql`case when not ${isLossy} then document when json_valid(${quick}) then ${quick} else ${sure} end`

/** True for the text of a value that is a marked number. */
export function isMarked(text: Sql): Sql {
  return sql`starts_with(${text}, ${mark})`
}

/** The digits of a number, marked or not. */
export function digitsOf(text: Sql): Sql {
  return sql`case when ${isMarked(text)} then substr(${text}, 3) else ${text} end`
}

/** A value as it was written: numbers within objects and lists lose their marks too. */
export function unmarked(text: Sql): Sql {
  return sql`case
    when ${isMarked(text)} then substr(${text}, 3)
    when contains(${text}, ${`"${written}`}) then regexp_replace(${text}, ${'"\\\\u0001\\\\u0002([^"]*)"'}, ${'\\1'}, 'g')
    else ${text}
  end`
}
