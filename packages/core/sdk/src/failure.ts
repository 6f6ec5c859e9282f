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
 * A source that cannot be read as it is. `retryable`: it may be in a moment, so that it is tried again, not sooner than after
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

/** Data that cannot carry what is asked of it (a model on three rows). */
export function dataUnfit({
  message,
  hint,
}: {
  readonly message: string
  readonly hint: string
}): SillageError {
  return new SillageError({ code: 'data_unfit', message, hint })
}

/** What a batch or model plugin depends on does not answer for the moment: the same batch is tried again, with growing waits and a bound. */
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
