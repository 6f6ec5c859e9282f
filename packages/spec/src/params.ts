import { type Diagnostic, diagnostic, didYouMean, exitCode, SillageError } from '@sillage/base'
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
  date: 'write it as 2026-01-31',
}

/** True for a declaration of a type that there is. */
export function isParamType(type: unknown): type is ParamDeclaration['type'] {
  return typeof type === 'string' && Object.hasOwn(forms, type)
}

/** The parameters' values: given ones over defaults, held to their declared types. */
export function readParams(
  declared: Readonly<Record<string, ParamDeclaration>>,
  given: Readonly<Record<string, string>>,
  locate: Locator,
): { readonly params: Readonly<Record<string, ParamValue>>; readonly diagnostics: readonly Diagnostic[] } {
  const diagnostics: Diagnostic[] = []
  for (const name of Object.keys(given)) {
    if (!Object.hasOwn(declared, name))
      throw new SillageError({
        code: 'param_unknown',
        message: `The pipeline has no parameter "${name}"`,
        hint: didYouMean(name, Object.keys(declared)) ?? 'it declares none under params',
        exit: exitCode.usage,
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
    const value = toParam(raw, type)
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

function toParam(raw: ParamValue, type: ParamDeclaration['type']): ParamValue | undefined {
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
      return isIsoDate(text) ? text : undefined
  }
}

/** A real calendar day as `yyyy-mm-dd`. */
export function isIsoDate(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false
  const day = new Date(`${text}T00:00:00Z`)
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text)
}
