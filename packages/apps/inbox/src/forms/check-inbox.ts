import { type Diagnostic, diagnostic, parseDuration } from '@sillage/base'
import { builtValidator, checkShape, type Locator, type YamlPath } from '@sillage/pipeline'
import type { FormField, FormText, InboxText } from './form-text.ts'
import { inboxShape } from './inbox-shape.ts'

const base = ['inbox']

/** By its public name: this module may stand in another package's bundle. */
const built: string = '@sillage/inbox/validators/inbox'

/** Checks `inbox:` of sillage.yaml: its shape, then what a schema cannot say. */
export async function checkInbox(value: unknown, locate: Locator): Promise<readonly Diagnostic[]> {
  const found = checkShape({
    value,
    validate: await builtValidator(
      () => inboxShape,
      () => import(built),
    ),
    base,
    locate,
  })
  if (found.length > 0) return found
  const { forms } = value as InboxText
  const { patternProblem } = await import('./pattern.ts')
  return Object.entries(forms).flatMap(([name, form]) => [
    ...checkForm(form, [...base, 'forms', name], locate),
    ...Object.entries(form.fields).flatMap(([field, { pattern }]) => {
      const problem = pattern === undefined ? undefined : patternProblem(pattern)
      return problem === undefined
        ? []
        : [patternInvalid(field, problem, locate.value([...base, 'forms', name, 'fields', field, 'pattern']))]
    }),
  ])
}

function checkForm(
  { fields, honeypot, hmac, remove_after }: FormText,
  path: YamlPath,
  locate: Locator,
): readonly Diagnostic[] {
  const name = String(path.at(-1))
  return [
    ...(/^[a-z][a-z0-9_-]{0,62}$/.test(name) ? [] : [nameInvalid(name, 'a form', locate.key(path))]),
    ...checkAge(remove_after, [...path, 'remove_after'], locate),
    ...(hmac === undefined || /^\$\{secret:[A-Za-z_]\w*\}$/.test(hmac)
      ? []
      : [
          diagnostic({
            code: 'secret_expected',
            message: '"hmac" is no reference to a secret',
            span: locate.value([...path, 'hmac']),
            hint: 'write it as "${secret:name}", and the secret itself to a file of that name in secrets',
          }),
        ]),
    ...(honeypot !== undefined && Object.hasOwn(fields, honeypot)
      ? [
          diagnostic({
            code: 'honeypot_declared',
            message: `"${honeypot}" is a field that people fill in`,
            span: locate.value([...path, 'honeypot']),
            hint: 'name one that is not among fields, and hide it on the page',
          }),
        ]
      : []),
    ...Object.entries(fields).flatMap(([field, spec]) =>
      checkField(field, spec, { path: [...path, 'fields', field], locate }),
    ),
  ]
}

const dayMs = 24 * 3_600_000

function checkAge(age: string | undefined, path: YamlPath, locate: Locator): readonly Diagnostic[] {
  if (age === undefined || (parseDuration(age) ?? 0) >= dayMs) return []
  return [
    diagnostic({
      code: 'duration_invalid',
      message: `"remove_after" cannot be ${JSON.stringify(age)}`,
      span: locate.value(path),
      hint: 'at least 1d, for as long as keys are known; for example 90d',
    }),
  ]
}

const boundless: ReadonlySet<string> = new Set(['boolean'])

function checkField(
  name: string,
  { type, min, max, format, pattern }: FormField,
  { path, locate }: { readonly path: YamlPath; readonly locate: Locator },
): readonly Diagnostic[] {
  const wrong = (key: string, message: string, hint: string): Diagnostic =>
    diagnostic({ code: 'field_invalid', message, span: locate.value([...path, key]), hint })
  const only = (key: string, given: unknown): readonly Diagnostic[] =>
    given === undefined || type === 'text'
      ? []
      : [wrong(key, `"${key}" is for fields of type text`, `remove ${key}, or write type: text`)]
  return [
    ...(/^[^\s_][^\0]{0,63}$/.test(name) ? [] : [nameInvalid(name, 'a field', locate.key(path))]),
    ...only('format', format),
    ...only('pattern', pattern),
    ...(boundless.has(type) && (min ?? max) !== undefined
      ? [wrong(min === undefined ? 'max' : 'min', 'true and false have no bounds', 'remove min and max')]
      : []),
    ...(min !== undefined && max !== undefined && min > max
      ? [wrong('max', `no value is from ${min} to ${max}`, 'swap the two, or correct one')]
      : []),
  ]
}

function patternInvalid(field: string, problem: string, span: ReturnType<Locator['value']>): Diagnostic {
  return diagnostic({
    code: 'field_invalid',
    message: `"${field}" has a pattern that is no regular expression of RE2: ${problem}`,
    span,
    hint: 'write it without slashes around it, references back (\\1) and looking around ((?=…), (?<…))',
  })
}

function nameInvalid(name: string, what: string, span: ReturnType<Locator['key']>): Diagnostic {
  return diagnostic({
    code: 'name_invalid',
    message: `${JSON.stringify(name)} cannot name ${what}`,
    span,
    hint:
      what === 'a form'
        ? 'lower-case letters, digits, - and _, starting with a letter, at most 63'
        : 'at most 64 characters, none of them _ or a blank at the start',
  })
}
