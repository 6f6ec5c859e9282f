import { type Diagnostic, diagnostic, type ErrorCode, parseByteSize, parseDuration } from '@sillage/base'
import type { JsonSchema } from '@sillage/sdk'
import type { Locator } from './yaml-source.ts'

/** What plugins may take, as `sillage.yaml` has it. */
export interface LimitsText {
  readonly batch?: string
  readonly fit?: string
  readonly load?: string
  readonly memory?: string
}

/** What plugins may take. */
export interface Limits {
  /** One batch of a batch plugin, or one batch that a model scores. */
  readonly batchMs: number
  /** Fitting a model. */
  readonly fitMs: number
  /** Loading the file of a plugin. */
  readonly loadMs: number
  /** What one worker may hold; absent where the budget of the run says. */
  readonly memoryBytes?: number
}

const usual = { batch: '2m', fit: '10m', load: '10s' }

const duration = (what: string, shown: string): JsonSchema => ({
  type: 'string',
  minLength: 1,
  description: `How long ${what} may take; ${shown} unless said.`,
})

export const limitsShape: JsonSchema = {
  type: 'object',
  properties: {
    batch: duration('a plugin may work at one batch', usual.batch),
    fit: duration('a model may take to be fitted', usual.fit),
    load: duration('the file of a plugin may take to be loaded', usual.load),
    memory: {
      type: 'string',
      minLength: 1,
      description: 'What one worker may hold, such as 1GB; two fifths of the budget by threads unless said.',
    },
  },
  required: [],
  additionalProperties: false,
} as JsonSchema

/** The limits, with their defaults. */
export function limitsOf(text: LimitsText = {}): Limits {
  const memoryBytes = text.memory === undefined ? undefined : parseByteSize(text.memory)
  return {
    batchMs: parseDuration(text.batch ?? usual.batch)!,
    fitMs: parseDuration(text.fit ?? usual.fit)!,
    loadMs: parseDuration(text.load ?? usual.load)!,
    ...(memoryBytes === undefined ? {} : { memoryBytes }),
  }
}

/** What a schema cannot say: that they are durations, and a size. */
export function checkLimits(limits: LimitsText, locate: Locator): readonly Diagnostic[] {
  const flaw = (key: keyof LimitsText, code: ErrorCode, hint: string): Diagnostic =>
    diagnostic({
      code,
      message: `"limits.${key}" cannot be ${JSON.stringify(limits[key])}`,
      span: locate.value(['limits', key]),
      hint,
    })
  const times = (['batch', 'fit', 'load'] as const).flatMap((key) =>
    limits[key] === undefined || (parseDuration(limits[key]) ?? 0) > 0
      ? []
      : [flaw(key, 'duration_invalid', 'write it as 90s or 10m')],
  )
  if (limits.memory === undefined || (parseByteSize(limits.memory) ?? 0) >= leastMemory) return times
  return [...times, flaw('memory', 'memory_invalid', 'write it as 512MB or 2GiB, at least 64MB')]
}

const leastMemory = 64e6
