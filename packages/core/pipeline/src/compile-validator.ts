import type { JsonSchema } from '@sillage/sdk'
import type { ErrorObject } from 'ajv/dist/2020.js'

/** Checks a value, fills in defaults in place, and leaves what it found in `errors`. */
export type Validator = ((value: unknown) => boolean) & { errors?: readonly ErrorObject[] | null }

export const validatorOptions = { allErrors: true, strict: false, useDefaults: true, verbose: true } as const

/** The validator that `built` imports (default export), or the schema compiled now where the sources run. */
export async function builtValidator(
  schema: () => JsonSchema,
  built: () => Promise<unknown>,
): Promise<Validator> {
  if (import.meta.url.endsWith('.ts')) return compileValidator(schema())
  return ((await built()) as { readonly default: Validator }).default
}

/** Compiles a schema now. Built plugins bring their validators compiled, since ajv takes longer to compile than a pipeline to check. */
export async function compileValidator(schema: JsonSchema): Promise<Validator> {
  const { Ajv2020 } = await import('ajv/dist/2020.js')
  return new Ajv2020(validatorOptions).compile(schema) as Validator
}
