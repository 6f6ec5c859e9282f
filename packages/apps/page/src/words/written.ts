import type { Language } from './language.tsx'

/** What is known of a column whose values are shown. */
export interface WrittenColumn {
  readonly name: string
  /** As DuckDB names it. */
  readonly type: string
  readonly key: boolean
}

/** Writes a value of a table as people of a language do. Undefined for what stays as it is: texts, lists, and what cannot be read. */
export function written(value: unknown, column: WrittenColumn, language: Language): string | undefined {
  const { type } = column
  if (isInteger(type)) return isName(column) ? undefined : exactly(value, language)
  if (/^DECIMAL/.test(type)) return exactly(value, language)
  if (/^(DOUBLE|FLOAT)$/.test(type)) return typeof value === 'number' ? about(value, language) : undefined
  if (type === 'DATE') return moment(value, /^\d{4}-\d\d-\d\d$/, days[language])
  if (/^TIMESTAMP/.test(type)) return moment(value, timePattern, times[language])
  return undefined
}

/** True of columns whose values stand better at the right. */
export function isNumeric(type: string): boolean {
  return isInteger(type) || /^(DECIMAL|DOUBLE|FLOAT)/.test(type)
}

const locales = { en: 'en-GB', fr: 'fr-FR' } as const
const timePattern = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|\+00(:00)?)?$/

const dayParts = {
  en: { day: 'numeric', month: 'short', year: 'numeric' },
  fr: { day: '2-digit', month: '2-digit', year: 'numeric' },
} as const
const timeParts = { hour: '2-digit', minute: '2-digit', second: '2-digit', timeZone: 'UTC' } as const

const days = {
  en: new Intl.DateTimeFormat(locales.en, { ...dayParts.en, timeZone: 'UTC' }),
  fr: new Intl.DateTimeFormat(locales.fr, { ...dayParts.fr, timeZone: 'UTC' }),
}
const times = {
  en: new Intl.DateTimeFormat(locales.en, { ...dayParts.en, ...timeParts }),
  fr: new Intl.DateTimeFormat(locales.fr, { ...dayParts.fr, ...timeParts }),
}

function isInteger(type: string): boolean {
  return /^U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?$/.test(type)
}

/** Numbers that name something, or a year, are not grouped. */
function isName({ name, key }: WrittenColumn): boolean {
  return key || /(^|_)(id|code|number|no|year|annee|siren|siret)$/i.test(name)
}

/** All digits that are there, grouped: a decimal is a text, which no double could hold. */
function exactly(value: unknown, language: Language): string | undefined {
  const text = String(value)
  const [, sign, whole, fraction] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text) ?? []
  if (whole === undefined) return undefined
  const grouped = new Intl.NumberFormat(locales[language]).format(BigInt(whole))
  const point = language === 'fr' ? ',' : '.'
  return `${sign}${grouped}${fraction === undefined ? '' : `${point}${fraction}`}`
}

/** A double, to the digits that are worth reading. */
function about(value: number, language: Language): string {
  const size = Math.abs(value)
  const digits =
    size !== 0 && (size < 0.001 || size >= 1e15)
      ? ({ maximumSignificantDigits: 4, notation: 'scientific' } as const)
      : { maximumFractionDigits: size < 1 ? 6 : 4 }
  return new Intl.NumberFormat(locales[language], digits).format(value)
}

function moment(value: unknown, pattern: RegExp, format: Intl.DateTimeFormat): string | undefined {
  if (typeof value !== 'string' || !pattern.test(value)) return undefined
  const iso = value.length === 10 ? value : `${value.replace(/(Z|\+00(:00)?)$/, '')}Z`
  const time = new Date(iso)
  return Number.isNaN(time.getTime()) ? undefined : format.format(time)
}
