import type { RetryBudget } from '@sillage/base'
import { t } from './config.ts'

/** The longest wait between attempts. */
const longestWaitMs = 60_000

/**
 * Options that several connectors share, so that each has one name, one type and one description. Spread them into `t.object`.
 *
 * @example
 * config: t.object({ ...fields.http({ timeout: 30 }), ...fields.retry({ of: 'page' }), table: t.text() })
 */
export const fields = {
  /** `headers` and `timeout_seconds`, for HTTP. */
  http: ({ timeout = 30, longest = 600 }: { readonly timeout?: number; readonly longest?: number } = {}) => ({
    headers: t.optional(t.map(t.text(), { description: 'Further headers; values may hold ${secret:name}.' })),
    timeout_seconds: t.optional(
      t.integer({
        minimum: 1,
        maximum: longest,
        default: timeout,
        description: 'How long one answer may take.',
      }),
    ),
  }),
  /** `attempts`, for what is retried: a page, a message. */
  retry: ({ of, attempts = 5 }: { readonly of: string; readonly attempts?: number }) => ({
    attempts: t.optional(
      t.integer({
        minimum: 1,
        maximum: 20,
        default: attempts,
        description: `Attempts of one ${of}, the first counted.`,
      }),
    ),
  }),
  /** `first_wait_seconds`, if the wait between attempts may be chosen. */
  wait: () => ({
    first_wait_seconds: t.optional(
      t.number({
        minimum: 0,
        default: 1,
        description: 'Wait before the second attempt; it doubles from attempt to attempt, up to 60 seconds.',
      }),
    ),
  }),
  /** `batch`, the rows of one message. */
  batch: ({ rows = 100, most = 10_000 }: { readonly rows?: number; readonly most?: number } = {}) => ({
    batch: t.optional(
      t.integer({ minimum: 1, maximum: most, default: rows, description: 'Rows in one message.' }),
    ),
  }),
}

/** The budget of `fields.retry` and `fields.wait`, for a plugin's `retry`. */
export function retryBudget({
  attempts = 5,
  first_wait_seconds = 1,
}: {
  readonly attempts?: number
  readonly first_wait_seconds?: number
}): RetryBudget {
  return { attempts, firstWaitMs: first_wait_seconds * 1000, longestWaitMs }
}
