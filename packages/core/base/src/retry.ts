import { setTimeout as wait } from 'node:timers/promises'

/** How long what failed for the moment is tried again. Waits double from `firstWaitMs` up to `longestWaitMs`. */
export interface RetryBudget {
  /** The first one counted. */
  readonly attempts: number
  readonly firstWaitMs: number
  readonly longestWaitMs: number
  /** No attempt begins later than this after the first. */
  readonly totalMs?: number
}

/** For sources, batches and models that say that a failure is for the moment (`retryable: true`). */
const defaultBudget: RetryBudget = { attempts: 5, firstWaitMs: 250, longestWaitMs: 5000, totalMs: 30_000 }

export interface RetryOptions {
  readonly budget?: RetryBudget
  readonly signal?: AbortSignal | undefined
  /** How waits pass; by the clock unless said. */
  readonly sleep?: (ms: number, signal: AbortSignal | undefined) => Promise<void>
}

/**
 * Runs `work`, and again where it throws what declares itself `retryable: true`, until its budget is used up; then, and for any other
 * failure, throws what it threw. `facts.retryAfterMs` of the failure lengthens a wait. There is no jitter: a run is the same each time.
 */
export async function retryTransient<T>(
  work: (attempt: number) => T | Promise<T>,
  { budget = defaultBudget, signal, sleep = waitFor }: RetryOptions = {},
): Promise<T> {
  const began = performance.now()
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work(attempt)
    } catch (error) {
      signal?.throwIfAborted()
      if (!isTransient(error) || attempt >= budget.attempts) throw error
      const waitMs = Math.min(
        budget.longestWaitMs,
        Math.max(askedWait(error), budget.firstWaitMs * 2 ** (attempt - 1)),
      )
      if (performance.now() - began + waitMs > (budget.totalMs ?? Number.POSITIVE_INFINITY)) throw error
      await sleep(waitMs, signal)
    }
  }
}

async function waitFor(ms: number, signal: AbortSignal | undefined): Promise<void> {
  await wait(ms, undefined, { signal })
}

/** Whether a failure says of itself that the same call may succeed later. */
export function isTransient(error: unknown): boolean {
  return error instanceof Error && 'retryable' in error && error.retryable === true
}

function askedWait(error: unknown): number {
  const { facts } = error as { readonly facts?: Readonly<Record<string, unknown>> }
  return Number(facts?.retryAfterMs ?? 0)
}
