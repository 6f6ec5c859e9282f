import { exitCode, parseDuration, SillageError } from '@sillage/base'
import type { Budget } from './budget.ts'

/** What plugins may take in workers. */
export interface Limits {
  /** One batch of a batch plugin, or one batch that a model scores. */
  readonly batchMs: number
  /** Fitting a model; what a program does between two calls of its tables. */
  readonly fitMs: number
  /** What one worker may hold; absent where the budget says. */
  readonly memoryBytes?: number
}

const usual: Limits = { batchMs: 120_000, fitMs: 600_000 }
const variable = 'SILLAGE_BATCH_TIMEOUT'

/** The limits of a run's workers: `SILLAGE_BATCH_TIMEOUT` wins over what the project says of batches. */
export function workerLimits(
  limits: Limits = usual,
  { workerHeapMb }: Budget,
): { readonly batchMs: number; readonly fitMs: number; readonly maxHeapMb: number } {
  const { batchMs, fitMs, memoryBytes } = limits
  const given = batchTimeout(process.env[variable])
  return {
    batchMs: given ?? batchMs,
    fitMs: given ?? fitMs,
    maxHeapMb: memoryBytes === undefined ? workerHeapMb : Math.floor(memoryBytes / 2 ** 20),
  }
}

function batchTimeout(text: string | undefined): number | undefined {
  if (text === undefined || text === '') return undefined
  const timeoutMs = parseDuration(text)
  if (timeoutMs) return timeoutMs
  throw new SillageError({
    code: 'duration_invalid',
    message: `${variable} is ${JSON.stringify(text)}, which is no duration`,
    hint: 'write it as 90s or 10m',
    exit: exitCode.usage,
  })
}
