import type { ErrorObject } from 'ajv/dist/2020.js'
import type { FormField, FormText } from './form-text.ts'

/** What of an event does not fit. Never a value. */
interface FieldProblem {
  readonly field?: string
  readonly code: string
}

/** The JSON Schema of the events of a form. */
export function formSchema({ fields, unknown }: FormText): Readonly<Record<string, unknown>> {
  const required = Object.entries(fields).flatMap(([name, field]) => (field.required ? [name] : []))
  return {
    type: 'object',
    properties: Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, fieldSchema(field)])),
    ...(required.length === 0 ? {} : { required }),
    ...(unknown === 'refuse' ? { additionalProperties: false } : {}),
  }
}

/** Compiles a form into its check. */
export async function compileForm(
  form: FormText,
): Promise<(event: Readonly<Record<string, unknown>>) => readonly FieldProblem[]> {
  const { Ajv2020 } = await import('ajv/dist/2020.js')
  const { fullFormats } = await import('ajv-formats/dist/formats.js')
  const { compilePattern } = await import('./pattern.ts')
  const regExp = Object.assign((text: string) => compilePattern(text), { code: '' })
  const ajv = new Ajv2020({
    allErrors: true,
    strict: false,
    ownProperties: true,
    formats: fullFormats,
    code: { regExp },
  })
  const validate = ajv.compile(formSchema(form))
  return (event) => (validate(event) ? [] : (validate.errors ?? []).map(problemOf))
}

const mostText = 65_536

function fieldSchema(field: FormField): Readonly<Record<string, unknown>> {
  return { ...(field.label === undefined ? {} : { title: field.label }), ...valueSchema(field) }
}

function valueSchema(field: FormField): Readonly<Record<string, unknown>> {
  const { type, min, max, one_of, required } = field
  const choice = one_of === undefined ? {} : { enum: one_of }
  switch (type) {
    case 'text':
      return {
        type: 'string',
        minLength: min ?? (required ? 1 : 0),
        maxLength: max ?? mostText,
        ...choice,
        ...textRules(field),
      }
    case 'integer':
    case 'number':
      return {
        type,
        ...(min === undefined ? {} : { minimum: min }),
        ...(max === undefined ? {} : { maximum: max }),
        ...choice,
      }
    case 'boolean':
      return { type: 'boolean' }
    case 'list':
      return {
        type: 'array',
        minItems: min ?? 0,
        maxItems: max ?? 100,
        items: { type: ['string', 'number', 'boolean'], maxLength: mostText, ...choice },
      }
  }
}

function textRules({ format, pattern }: FormField): object {
  return {
    ...(format === undefined ? {} : { format: format === 'url' ? 'uri' : format }),
    ...(pattern === undefined ? {} : { pattern: `^(?:${pattern})$` }),
  }
}

/** Words of ajv → ours. */
const codes: Readonly<Record<string, string>> = {
  required: 'missing',
  additionalProperties: 'field_unknown',
  type: 'type_wrong',
  minLength: 'too_short',
  maxLength: 'too_long',
  minItems: 'too_few',
  maxItems: 'too_many',
  minimum: 'below_min',
  maximum: 'above_max',
  enum: 'not_among',
  format: 'format_wrong',
  pattern: 'pattern_wrong',
}

function problemOf({ keyword, instancePath, params }: ErrorObject): FieldProblem {
  const code = codes[keyword] ?? 'invalid'
  const [, inside] = instancePath.split('/')
  const field = String(params.missingProperty ?? params.additionalProperty ?? inside ?? '')
  return field === ''
    ? { code }
    : { field: field.replaceAll('~1', '/').replaceAll('~0', '~').slice(0, 64), code }
}
