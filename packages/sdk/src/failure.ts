import { SillageError } from '@sillage/base'

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

/** A source that cannot be read as it is. */
export function sourceFailed({
  code,
  message,
  hint,
  cause,
}: {
  readonly code: string
  readonly message: string
  readonly hint: string
  readonly cause?: unknown
}): SillageError {
  return new SillageError({ code, message, hint, cause })
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
