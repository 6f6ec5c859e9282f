import { type Sql, sql } from '@sillage/sdk'

/** Text in which a value may stand in other characters than its own: escapes of JSON, of addresses, of markup, doubled quotes. */
const escapes = String.raw`\\u[0-9a-fA-F]{4}|\\[/"\\nrt]|%[0-9a-fA-F]{2}|&#|&[a-z]+;|""`
/** What ends a word that stands before a value: also an escaped blank or line end. */
const wordStart = String.raw`^|[^\p{L}\p{N}]|\\[nrtbf]|\\u00[0-2][0-9a-fA-F]|%[0-2][0-9a-fA-F]`
const wordEnd = String.raw`[^\p{L}\p{N}]|$`

/**
 * A pattern (RE2) of every way in which a text is written: capitals or not, composed or decomposed, each character as it is or escaped as
 * JSON (`\u00e9`), an address (`%C3%A9`), markup (`&#233;`) or CSV (`""`) escape it.
 */
export function spelledPattern(value: string): string {
  const forms = [...new Set([value.normalize('NFC'), value])]
  return `(?:${forms.map((form) => [...form].map(spelledCharacter).join('')).join('|')})`
}

/** True where a text holds a value in some spelling, also inside a word. */
export function holdsSpelled(value: string, text: Sql): Sql {
  return sql`coalesce(${mayHold(value, text)} and regexp_matches(${text}, ${`(?i)${spelledPattern(value)}`}), false)`
}

/** True where a text holds every value in some spelling as a word of its own. */
export function holdsAsWords(values: readonly string[], text: Sql): Sql {
  const parts = values.map(
    (value) =>
      sql`${mayHold(value, text)} and regexp_matches(${text}, ${`(?i)(?:${wordStart})${spelledPattern(value)}(?:${wordEnd})`})`,
  )
  return sql`coalesce(${sql.join(parts, ' and ')}, false)`
}

/** A cheap look, which is true wherever one of the two above is: their patterns cost milliseconds before the first row. */
export function mayHold(value: string, text: Sql): Sql {
  if (!/^[\w.@+ -]*$/.test(value)) return sql`regexp_matches(${text}, ${`(?i)${spelledPattern(value)}`})`
  return sql`(contains(lower(${text}), ${value.toLowerCase()}) or regexp_matches(${text}, ${escapes}))`
}

const short: Readonly<Record<string, string>> = {
  '"': '\\"|""|&quot;',
  '\\': '\\\\',
  '/': '\\/',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  "'": '&apos;',
  ' ': '+|&nbsp;',
}

function spelledCharacter(char: string): string {
  const cases = [...new Set([char, char.toLowerCase(), char.toUpperCase()])].filter(
    (one) => [...one].length === 1,
  )
  const decomposed = char.normalize('NFD')
  const ways = cases.flatMap((one) => [
    [...one.split('')].map((unit) => `\\u${hex(unit.charCodeAt(0), 4)}`).join(''),
    ...(/[a-z0-9]/i.test(one)
      ? []
      : [
          [...Buffer.from(one)].map((byte) => `%${hex(byte, 2)}`).join(''),
          ...(short[one]?.split('|') ?? []),
        ]),
  ])
  const code = char.codePointAt(0)!
  return `(?:${[
    literal(char),
    ...ways.map((way) => [...way].map(literal).join('')),
    ...cases.map((one) => `&#(?:0*${one.codePointAt(0)!}|x0*${one.codePointAt(0)!.toString(16)});`),
    ...(decomposed === char || code < 128 ? [] : [[...decomposed].map(spelledCharacter).join('')]),
  ].join('|')})`
}

function literal(char: string): string {
  return /^[\p{L}\p{N}]$/u.test(char) ? char : `\\x{${char.codePointAt(0)!.toString(16)}}`
}

function hex(number: number, digits: number): string {
  return number.toString(16).padStart(digits, '0')
}

/** The bytes as which a value is written in files: UTF-8, as Western Latin, composed and decomposed, and with the escapes of JSON. */
export function spelledBytes(value: string): readonly Buffer[] {
  const composed = value.normalize('NFC')
  const escaped = JSON.stringify(composed).slice(1, -1)
  const ascii = (digits: (code: number) => string): string =>
    escaped.replaceAll(/[^\0-\x7f]/g, (unit) => `\\u${digits(unit.charCodeAt(0))}`)
  const texts = new Set([
    value,
    composed,
    value.normalize('NFD'),
    escaped,
    escaped.replaceAll('/', '\\/'),
    ascii((code) => hex(code, 4)),
    ascii((code) => hex(code, 4).toUpperCase()),
    encodeURIComponent(composed.replaceAll(/\p{Cs}/gu, '')),
    composed.replaceAll('"', '""'),
  ])
  const isWestern = /[\x80-\xff]/.test(composed) && !/[^\0-\xff]/.test(composed)
  return [
    ...[...texts].map((text) => Buffer.from(text)),
    ...(isWestern ? [Buffer.from(composed, 'latin1')] : []),
  ]
}
