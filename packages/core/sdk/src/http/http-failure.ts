import { SillageError } from '@sillage/base'
import { sourceFailed } from '../failure.ts'

/** Why a request brought no usable answer. `shown` is the address without query and secrets. */
export type HttpFailure =
  | {
      readonly kind: 'unreachable'
      readonly shown: string
      /** A code of the operating system, or that there was no answer in time. */
      readonly reason: string
      readonly cause: unknown
    }
  /** May differ soon. */
  | {
      readonly kind: 'failing'
      readonly shown: string
      readonly status: number
      readonly retryAfterMs: number | undefined
    }
  | { readonly kind: 'refused'; readonly shown: string; readonly status: number }
  /** Redirects to where a request may not follow. */
  | { readonly kind: 'redirected'; readonly shown: string; readonly status: number }

const again = 'run again later: it resumes after the last page, and the marts stay'

/** What a source throws: `api_unreachable` or `api_failing`, both retryable, or `api_refused`. */
export function asSource(failure: HttpFailure): SillageError {
  const { kind, shown } = failure
  switch (kind) {
    case 'unreachable':
      return sourceFailed({
        code: 'api_unreachable',
        message: `${shown} cannot be reached: ${failure.reason}`,
        hint: 'check url and network, then run again: it goes on behind the last page, and the marts stay',
        retryable: true,
        cause: failure.cause,
      })
    case 'failing':
      return sourceFailed({
        code: 'api_failing',
        message: `${shown} answered ${failure.status}`,
        hint: again,
        retryable: true,
        retryAfterMs: failure.retryAfterMs,
      })
    case 'refused':
    case 'redirected':
      return sourceFailed({
        code: 'api_refused',
        message: `${shown} answered ${failure.status}`,
        hint:
          kind === 'redirected'
            ? 'it sends elsewhere: write the final address as url'
            : failure.status === 401 || failure.status === 403
              ? 'check the headers and the secret in them, and what it may read'
              : 'check url, parameters and since',
      })
  }
}

const later = 'what was not sent is sent by the next run'

/** What a sink throws: `delivery_failed`, retryable if the same message may be sent again. */
export function asDelivery(failure: HttpFailure): SillageError {
  const failed = (facts: Omit<ConstructorParameters<typeof SillageError>[0], 'code'>): SillageError =>
    new SillageError({ code: 'delivery_failed', ...facts })
  const { kind, shown } = failure
  switch (kind) {
    case 'unreachable':
      return failed({
        message: `${shown} cannot be reached: ${failure.reason}`,
        hint: `check the address; ${later}`,
        retryable: true,
        cause: failure.cause,
      })
    case 'failing': {
      const { status, retryAfterMs } = failure
      return failed({
        message: `${shown} answered ${status}`,
        hint: later,
        retryable: true,
        facts: { status, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) },
      })
    }
    case 'refused':
      return failed({
        message: `${shown} answered ${failure.status}`,
        hint: 'the receiver refuses this message: check url, headers and columns',
        facts: { status: failure.status },
      })
    case 'redirected':
      return failed({
        message: `${shown} sends messages on to another address`,
        hint: 'write the final address in url',
        facts: { status: failure.status },
      })
  }
}

/** What the test of a connection throws: `connection_failed`, with what to check. */
export function asConnection(failure: HttpFailure): SillageError {
  const { kind, shown } = failure
  const said = kind === 'unreachable' ? `cannot be reached: ${failure.reason}` : `answered ${failure.status}`
  return new SillageError({
    code: 'connection_failed',
    message: `${shown} ${said}`,
    hint: hintOf(failure),
    cause: kind === 'unreachable' ? failure.cause : undefined,
  })
}

function hintOf(failure: HttpFailure): string {
  switch (failure.kind) {
    case 'unreachable':
      return 'check the address and the network'
    case 'failing':
      return 'test again later: it is busy, or fails'
    case 'redirected':
      return 'it sends elsewhere: write the final address'
    case 'refused':
      return failure.status === 401 || failure.status === 403
        ? 'check the secret, and what it may do'
        : 'check the address, and the path of the test'
  }
}
