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
  },
  required: ['type', 'title', 'status', 'detail', 'error'],
} as const

/** A document whose shape is that of the journal or of the command line: not listed again here. */
export function answer(description: string): object {
  return { description, type: 'object', additionalProperties: true }
}

export function failures(...codes: readonly number[]): Readonly<Record<number, object>> {
  return Object.fromEntries(codes.map((code) => [code, error]))
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
