import { type Diagnostic, diagnostic, didYouMean, isIsoDate, SillageError } from '@sillage/base'
import { type Calendar, dayOf, isDayWord } from './day-word.ts'
import type { ParamValue } from './interpolate.ts'
import type { Locator } from './yaml-source.ts'

interface ParamDeclaration {
  readonly type: 'text' | 'integer' | 'number' | 'boolean' | 'date'
  readonly default?: ParamValue
}

const forms: Readonly<Record<ParamDeclaration['type'], string>> = {
  text: 'write a text',
  integer: 'write digits only',
  number: 'write a number such as 12.5',
  boolean: 'write true or false',
  date: 'write it as 2026-01-31, today or yesterday',
}

/** True for a declaration of a type that there is. */
export function isParamType(type: unknown): type is ParamDeclaration['type'] {
  return typeof type === 'string' && Object.hasOwn(forms, type)
}

/** The parameters' values: given ones over defaults, held to their declared types; without a calendar `today` and `yesterday` stay words. */
export function readParams({
  declared,
  given,
  locate,
  calendar,
}: {
  readonly declared: Readonly<Record<string, ParamDeclaration>>
  readonly given: Readonly<Record<string, string>>
  readonly locate: Locator
  readonly calendar?: Calendar
}): { readonly params: Readonly<Record<string, ParamValue>>; readonly diagnostics: readonly Diagnostic[] } {
  const diagnostics: Diagnostic[] = []
  for (const name of Object.keys(given)) {
    if (!Object.hasOwn(declared, name))
      throw new SillageError({
        code: 'param_unknown',
        message: `The pipeline has no parameter "${name}"`,
        hint: didYouMean(name, Object.keys(declared)) ?? 'it declares none under params',
      })
  }
  const params: Record<string, ParamValue> = {}
  for (const [name, { type, default: fallback }] of Object.entries(declared)) {
    const raw = (Object.hasOwn(given, name) ? given[name] : undefined) ?? fallback
    if (raw === undefined) {
      diagnostics.push(
        diagnostic({
          code: 'param_missing',
          message: `The parameter "${name}" has no value`,
          span: locate.key(['params', name]),
          hint: `give it with --param ${name}=…, or declare a default`,
        }),
      )
      continue
    }
    const value = toParam(raw, type, calendar)
    if (value === undefined)
      diagnostics.push(
        diagnostic({
          code: 'param_invalid',
          message: `The parameter "${name}" must be ${type}, not ${JSON.stringify(raw)}`,
          span: locate.key(['params', name]),
          hint: forms[type],
        }),
      )
    else params[name] = value
  }
  return { params, diagnostics }
}

function toParam(
  raw: ParamValue,
  type: ParamDeclaration['type'],
  calendar: Calendar | undefined,
): ParamValue | undefined {
  const text = String(raw)
  switch (type) {
    case 'text':
      return text
    case 'integer':
      return /^-?\d+$/.test(text) ? Number(text) : undefined
    case 'number':
      return text.trim() !== '' && Number.isFinite(Number(text)) ? Number(text) : undefined
    case 'boolean':
      return text === 'true' ? true : text === 'false' ? false : undefined
    case 'date':
      if (isDayWord(text)) return calendar ? dayOf(text, calendar) : text
      return isIsoDate(text) ? text : undefined
  }
}
