import { type Diagnostic, diagnostic, didYouMean } from '@sillage/base'
import type { JsonSchema } from '@sillage/sdk'
import type { ErrorObject } from 'ajv/dist/2020.js'
import type { Validator } from './compile-validator.ts'
import type { Locator, YamlPath } from './yaml-source.ts'

/**
 * Checks a value with a validator and fills in defaults (in place). Every error becomes a diagnostic at its place in the file;
 * `base` is the path of the value inside the file.
 */
export function checkShape({
  value,
  validate,
  base,
  locate,
}: {
  readonly value: unknown
  readonly validate: Validator
  readonly base: YamlPath
  readonly locate: Locator
}): readonly Diagnostic[] {
  if (validate(value)) return []
  return mostTelling(validate.errors ?? []).map((error) => toDiagnostic(error, base, locate))
}

/** Where a choice fails, the deepest branch tells most; the choice itself is said only if no branch goes deeper. */
function mostTelling(errors: readonly ErrorObject[]): readonly ErrorObject[] {
  const choices = errors.filter((error) => error.keyword === 'anyOf')
  return errors.filter((error) => {
    const around = choices.filter(
      (choice) => choice !== error && error.schemaPath.startsWith(`${choice.schemaPath}/`),
    )
    if (error.keyword === 'anyOf')
      return !errors.some(
        (inner) =>
          inner !== error &&
          inner.schemaPath.startsWith(`${error.schemaPath}/`) &&
          inner.instancePath.length > error.instancePath.length,
      )
    return around.every((choice) => error.instancePath.length > choice.instancePath.length)
  })
}

function toDiagnostic(error: ErrorObject, base: YamlPath, locate: Locator): Diagnostic {
  const path = [...base, ...segments(error)]
  const where = nameOf(path)
  const { params } = error
  switch (error.keyword) {
    case 'additionalProperties': {
      const key = String(params.additionalProperty)
      const known = Object.keys((error.parentSchema?.properties as object | undefined) ?? {})
      return diagnostic({
        code: 'key_unknown',
        message: `Unknown key "${key}"${path.length ? ` in ${where}` : ''}`,
        span: locate.key([...path, key]),
        hint: brokenType(key) ?? didYouMean(key, known),
      })
    }
    case 'required':
      return diagnostic({
        code: 'key_missing',
        message: `${where} needs the key "${params.missingProperty}"`,
        span: locate.key(path),
        hint: describeKey(error, String(params.missingProperty)),
      })
    case 'enum': {
      const allowed = (params.allowedValues as readonly unknown[]).map(String)
      return diagnostic({
        code: 'value_unknown',
        message: `${where} cannot be ${shown(error.data)}`,
        span: locate.value(path),
        hint: didYouMean(String(error.data), allowed),
      })
    }
    case 'type':
      return diagnostic({
        code: 'type_wrong',
        message: `${where} must be ${kinds(params.type)}, not ${kindOf(error.data)}`,
        span: locate.value(path),
        hint: typeHint(params.type, error.data),
      })
    case 'anyOf':
      return diagnostic({
        code: 'type_wrong',
        message: `${where} must be ${(error.schema as readonly JsonSchema[]).map((option) => option.enum?.join(' | ') ?? kinds(option.type ?? 'value')).join(' or ')}, not ${kindOf(error.data)}`,
        span: locate.value(path),
        hint:
          Array.isArray(error.data) && error.data.length === 0
            ? 'the list is empty: name one'
            : 'see its page: sillage plugins show <plugin>',
      })
    case 'pattern':
      return diagnostic({
        code: 'value_invalid',
        message: `${where} cannot be ${shown(error.data)}`,
        span: locate.value(path),
        hint: error.parentSchema?.description
          ? String(error.parentSchema.description)
          : `it must match ${params.pattern}`,
      })
    default:
      return diagnostic({
        code: 'value_invalid',
        message: `${where} ${error.message ?? 'is invalid'}`,
        span: locate.value(path),
        hint: error.parentSchema?.description
          ? String(error.parentSchema.description)
          : 'see its page: sillage plugins show <plugin>',
      })
  }
}

/** `"path"`; an item of a list is called by its list: `item 2 of "path"`. */
function nameOf(path: YamlPath): string {
  const last = path.at(-1)
  if (last === undefined) return 'The file'
  if (typeof last === 'string') return `"${last}"`
  return `item ${last + 1} of ${nameOf(path.slice(0, -1))}`
}

function segments(error: ErrorObject): YamlPath {
  return error.instancePath
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    .map((part) => (/^\d+$/.test(part) ? Number(part) : part))
}

/** `{ type: decimal(12,2) }` reads as two keys, and so does a sentence with a comma: say so. */
function brokenType(key: string): string | undefined {
  if (/\s|[.!?]$/.test(key)) return 'inside { … } write a text with a comma in quotes'
  return /^\d+\)$/.test(key)
    ? `inside { … } write a type with a comma in quotes: "decimal(12,${key}"`
    : undefined
}

function describeKey(error: ErrorObject, key: string): string | undefined {
  const properties = error.parentSchema?.properties as Readonly<Record<string, JsonSchema>> | undefined
  return properties?.[key]?.description ?? `add ${key}: …`
}

function kinds(type: unknown): string {
  return (Array.isArray(type) ? type : [type])
    .map(
      (one) =>
        ({
          string: 'text',
          object: 'a map',
          array: 'a list',
          integer: 'a whole number',
          number: 'a number',
          boolean: 'true or false',
        })[String(one)] ?? String(one),
    )
    .join(' or ')
}

function kindOf(data: unknown): string {
  if (data === null || data === undefined) return 'empty'
  if (Array.isArray(data)) return 'a list'
  return (
    { string: 'text', object: 'a map', number: 'a number', boolean: 'true or false' }[
      typeof data as 'string'
    ] ?? typeof data
  )
}

function shown(data: unknown): string {
  return typeof data === 'object' ? kindOf(data) : JSON.stringify(data)
}

function typeHint(type: unknown, data: unknown): string | undefined {
  if (type === 'string' && typeof data === 'number') return `write it in quotes: "${data}"`
  if (type === 'array' && typeof data === 'string') return `write it as a list: [${data}]`
  if (data === null) return 'write its value after the colon, or its keys on the next lines, indented'
  return forms[String(Array.isArray(type) ? type[0] : type)]
}

const forms: Readonly<Record<string, string>> = {
  object: 'write it as a map: key: value, one a line, or { key: value }',
  array: 'write it as a list: - item, one a line, or [item, item]',
  string: 'write a text, in quotes where it looks like something else',
  integer: 'write digits only',
  number: 'write a number such as 12.5, without quotes',
  boolean: 'write true or false, without quotes',
}
