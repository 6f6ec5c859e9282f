import { exitCode, ownCode, SillageError } from '@sillage/base'

/** A delivery that did not arrive. `retryable`: the same message may be sent again later. */
export function deliveryFailed({
  message,
  retryable,
  hint,
  cause,
}: {
  readonly message: string
  readonly retryable: boolean
  readonly hint?: string
  readonly cause?: unknown
}): SillageError {
  return new SillageError({ code: 'delivery_failed', message, retryable, hint, cause })
}

/**
 * A source that cannot be read. `retryable`: it may be readable soon, so it is tried again, no sooner than after
 * `retryAfterMs`.
 */
export function sourceFailed({
  code,
  message,
  hint,
  retryable = false,
  retryAfterMs,
  cause,
}: {
  readonly code: string
  readonly message: string
  readonly hint: string
  readonly retryable?: boolean
  readonly retryAfterMs?: number | undefined
  readonly cause?: unknown
}): SillageError {
  const facts = retryAfterMs === undefined ? {} : { retryAfterMs }
  return new SillageError({
    code: ownCode(code),
    message,
    hint,
    exit: exitCode.failed,
    retryable,
    facts,
    cause,
  })
}

/** Data that do not suffice for what is asked (a model on three rows). */
export function dataUnfit({
  message,
  hint,
}: {
  readonly message: string
  readonly hint: string
}): SillageError {
  return new SillageError({ code: 'data_unfit', message, hint })
}

/** A system that a batch or model plugin depends on does not answer at the moment: the same batch is retried, with growing waits and a limit. */
export function notNow({
  message,
  hint,
  cause,
}: {
  readonly message: string
  readonly hint: string
  readonly cause?: unknown
}): SillageError {
  return new SillageError({ code: 'not_now', message, hint, retryable: true, cause })
}
