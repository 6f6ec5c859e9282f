import { readFileSync } from 'node:fs'
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import { expect } from 'vitest'
import type { RawAnswer } from './served.ts'

type Told = Omit<RawAnswer, 'headers'>

export interface Parameter {
  readonly name: string
  readonly in: 'path' | 'query' | 'header'
  readonly required?: boolean
  readonly schema: {
    readonly type?: string
    readonly enum?: readonly string[]
    readonly pattern?: string
    readonly default?: unknown
  }
}

/** A route of /openapi.json. */
export interface Operation {
  readonly path: string
  readonly method: string
  readonly parameters: readonly Parameter[]
  readonly hasBody: boolean
  readonly responses: Readonly<
    Record<string, { readonly content?: Readonly<Record<string, { readonly schema: object }>> }>
  >
}

type Document = Readonly<
  Record<
    string,
    Readonly<
      Record<string, Omit<Operation, 'path' | 'method' | 'hasBody'> & { readonly requestBody?: object }>
    >
  >
>

const ajv = new Ajv2020({ strict: false })
const validators = new WeakMap<object, ValidateFunction>()

/** Every code that docs/reference/errors.md knows. */
const codes = new Set(
  [
    ...readFileSync(new URL('../../../../../docs/reference/errors.md', import.meta.url), 'utf8').matchAll(
      /^\| `([a-z_]+)` \|/gm,
    ),
  ].map(([, code]) => code!),
)

export function operationsOf(paths: Document): readonly Operation[] {
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { parameters = [], requestBody, responses }]) => ({
      path,
      method: method.toUpperCase(),
      parameters,
      hasBody: requestBody !== undefined,
      responses,
    })),
  )
}

/** Whether a value of a parameter, as it stands in an address, is one that the document takes. Numbers are read as JavaScript reads them. */
export function takes({ schema }: Parameter, value: string): boolean {
  if (schema.type === 'integer') return fits(schema, Number(value))
  if (schema.type === 'boolean') return value === 'true' || value === 'false'
  return fits(schema, value)
}

/** Holds an answer to the document: a status that is declared, and a body of its shape; a problem tells nothing of the machine. */
export function assertContract(
  operation: Operation,
  answer: Told,
  { what, secrets }: { readonly what: string; readonly secrets: readonly string[] },
): void {
  const { status, type, text } = answer
  const label = `${operation.method} ${what}: ${status} ${text.slice(0, 300)}`
  const declared = operation.responses[status]
  expect(declared, label).toBeDefined()
  for (const secret of secrets) expect(text.includes(secret), `${label} tells ${secret}`).toBe(false)
  if (status >= 400) {
    assertProblem(answer, label)
    return
  }
  const content = Object.entries(declared!.content ?? {}).find(([media]) =>
    media.startsWith('application/json'),
  )
  if (!content || !type.startsWith('application/json')) return
  const [, { schema }] = content
  const body: unknown = JSON.parse(text)
  if ((schema as { type?: string }).type === 'string') return
  expect(fits(schema, body), `${label}\n${JSON.stringify(validators.get(schema)?.errors)}`).toBe(true)
}

/** RFC 9457, with a code of the reference and a next action; no stack, no source, no folder of the machine. */
export function assertProblem({ status, type, text }: Told, label = text): string {
  expect(type, label).toMatch(/^application\/problem\+json/)
  const problem = JSON.parse(text) as {
    readonly type: string
    readonly title: string
    readonly status: number
    readonly detail: string
    readonly error: { readonly code: string; readonly message: string; readonly hint?: string }
  }
  expect(problem, label).toMatchObject({
    type: 'about:blank',
    title: expect.any(String),
    status,
    detail: problem.error.message,
    error: { hint: expect.any(String) },
  })
  expect(codes.has(problem.error.code), `${problem.error.code} is in docs/reference/errors.md`).toBe(true)
  expect(text, label).not.toMatch(/\/tmp\/|node_modules|\.ts\b|\bat \S+ \(|\bat .*:\d+:\d+/)
  return problem.error.code
}

function fits(schema: object, value: unknown): boolean {
  const known = validators.get(schema) ?? ajv.compile(schema)
  validators.set(schema, known)
  return known(value)
}
