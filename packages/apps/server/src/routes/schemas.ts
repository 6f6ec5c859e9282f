/** Shapes that routes share: JSON Schema, from which both the checks and /openapi.json come. */
const error = {
  type: 'object',
  properties: {
    type: { type: 'string' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string' },
    error: {
      type: 'object',
      properties: { code: { type: 'string' }, message: { type: 'string' }, hint: { type: 'string' } },
      required: ['code', 'message'],
    },
    diagnostics: { type: 'array', items: { type: 'object', additionalProperties: true } },
    problems: { type: 'array', items: { type: 'object', additionalProperties: true } },
  },
  required: ['type', 'title', 'status', 'detail', 'error'],
} as const

/** A document as the answer of a route. */
export function answer(description: string, document: object): object {
  return { ...document, description }
}

/** Problems that any route may answer: of a strange origin, of too many or too slow requests, of a server that fails or stops. */
const anywhere = [400, 403, 408, 429, 500, 503]

/** The problems of a route. */
export function failures(...codes: readonly number[]): Readonly<Record<number, object>> {
  return Object.fromEntries([...anywhere, ...codes].map((code) => [code, error]))
}

export const pipelineName = {
  type: 'object',
  properties: { name: { type: 'string', pattern: '^[a-z][a-z0-9-]{0,62}$' } },
  required: ['name'],
} as const

export const runName = {
  type: 'object',
  properties: {
    id: {
      type: 'string',
      pattern: '^(\\d{8}T\\d{6}-[0-9a-f]{4}|job-[0-9a-f]{12})$',
      description: 'A run, or the job that it was asked by.',
    },
  },
  required: ['id'],
} as const
