import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import type { JsonSchema } from '@sillage/sdk'
import { Ajv2020 } from 'ajv/dist/2020.js'
import standalone from 'ajv/dist/standalone/index.js'
import { build } from 'esbuild'
import { validatorOptions } from './compile-validator.ts'

/** Writes the validator of a schema as a module of its own (default export), with what it needs of ajv in it. Run by the build. */
export async function writeValidator({
  schema,
  file,
}: {
  readonly schema: JsonSchema
  readonly file: string
}): Promise<void> {
  const ajv = new Ajv2020({ ...validatorOptions, inlineRefs: false, code: { source: true, esm: false } })
  const code = standalone.default(ajv, ajv.compile(inParts(schema)))
  const { outputFiles } = await build({
    stdin: { contents: code, resolveDir: import.meta.dirname, loader: 'js' },
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    minify: true,
  })
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, outputFiles[0]!.contents)
}

/** From so many characters on a key has a function of its own. */
const largeKey = 1000

/** The same schema, its larger keys apart: V8 compiles the function of a key only where a file has that key. */
function inParts(schema: JsonSchema): JsonSchema {
  const properties = Object.entries(schema.properties ?? {})
  const large = properties.filter(([, shape]) => JSON.stringify(shape).length >= largeKey)
  const reference = ([name]: readonly [string, unknown]) => [name, { $ref: `#/$defs/${name}` }] as const
  return {
    ...schema,
    properties: Object.fromEntries([...properties, ...large.map(reference)]),
    $defs: Object.fromEntries(large),
  } as JsonSchema
}
