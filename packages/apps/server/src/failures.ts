import { STATUS_CODES } from 'node:http'
import { type Code, didYouMean, exitCode, exitOf, hintOf, isSillageError, SillageError } from '@sillage/base'

/** What an answer tells of a failure (RFC 9457, with the code of the command line). */
export interface Problem {
  /** No page of its own: `error.code` says which problem it is, and `title` what its status means. */
  readonly type: 'about:blank'
  readonly title: string
  readonly status: number
  readonly detail: string
  readonly error: { readonly code: string; readonly message: string; readonly hint?: string }
  readonly diagnostics?: readonly unknown[]
  /** What of a request did not fit, by line and field. */
  readonly problems?: readonly unknown[]
}

const statusByCode: Readonly<Partial<Record<Code, number>>> = {
  unauthorised: 401,
  forbidden: 403,
  column_masked: 403,
  origin_refused: 403,
  host_refused: 403,
  route_unknown: 404,
  method_refused: 405,
  pipeline_unknown: 404,
  run_unknown: 404,
  table_unknown: 404,
  mart_missing: 404,
  not_run_yet: 404,
  version_before_missing: 404,
  mart_deleted: 404,
  version_held: 409,
  run_ended: 409,
  run_not_ours: 409,
  run_in_progress: 409,
  queue_full: 429,
  streams_full: 429,
  reader_busy: 429,
  too_many_requests: 429,
  filter_invalid: 400,
  column_unknown: 400,
  request_invalid: 400,
  statement_failed: 400,
  reader_died: 503,
  stopping: 503,
  form_unknown: 404,
  signature_invalid: 401,
  body_invalid: 400,
  idempotency_key_invalid: 400,
  events_too_many: 413,
  media_type_refused: 415,
  events_refused: 422,
  idempotency_key_reused: 422,
  inbox_unavailable: 503,
  inbox_full: 507,
  child_timeout: 504,
  query_timeout: 504,
}

const statusByExit: Readonly<Record<number, number>> = {
  [exitCode.usage]: 400,
  [exitCode.busy]: 409,
  [exitCode.invalid]: 422,
}

/** The status and the body for a failure; what nobody foresaw tells nothing of itself. */
export function problemOf(error: unknown): Problem {
  if (isSillageError(error)) {
    const { code, message, diagnostics, facts } = error
    const status = statusByCode[code] ?? statusByExit[exitOf(error)] ?? 500
    const { problems } = facts
    return {
      ...problem({ status, code, message, hint: hintOf(error), diagnostics }),
      ...(Array.isArray(problems) ? { problems } : {}),
    }
  }
  const { statusCode, code, message } = error as {
    readonly statusCode?: number
    readonly code?: string
    readonly message?: string
  }
  if (statusCode === 413)
    return problem({
      status: 413,
      code: 'body_too_large',
      message: 'The body is too large',
      hint: 'send less at once',
    })
  if (statusCode === 415)
    return problem({
      status: 415,
      code: 'media_type_refused',
      message: 'The body is not application/json',
      hint: 'send JSON, with content-type: application/json',
    })
  if (statusCode === 408) return requestTimeout()
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500)
    return requestInvalid(statusCode, code === 'FST_ERR_VALIDATION' ? message : undefined)
  return problem({
    status: 500,
    code: 'internal',
    message: 'The server failed on this request',
    hint: 'this is a fault of Sillage: its log says more',
  })
}

export function problem({
  status,
  code,
  message,
  hint,
  diagnostics = [],
}: {
  readonly status: number
  readonly code: Code
  readonly message: string
  readonly hint?: string | undefined
  readonly diagnostics?: readonly unknown[]
}): Problem {
  return {
    type: 'about:blank',
    title: STATUS_CODES[status] ?? 'Error',
    status,
    detail: message,
    error: { code, message, ...(hint === undefined ? {} : { hint }) },
    ...(diagnostics.length === 0 ? {} : { diagnostics }),
  }
}

export function requestTimeout(): Problem {
  return problem({
    status: 408,
    code: 'request_timeout',
    message: 'The request took too long',
    hint: 'send it without pauses',
  })
}

export function requestInvalid(status: number, what = 'The request cannot be read'): Problem {
  return problem({
    status,
    code: 'request_invalid',
    message: what,
    hint: '/openapi.json describes the request',
  })
}

export function routeUnknown(): SillageError {
  return new SillageError({
    code: 'route_unknown',
    message: 'There is nothing here',
    hint: '/openapi lists the addresses',
  })
}

export function pipelineUnknown(name: string, known: readonly string[]): SillageError {
  return new SillageError({
    code: 'pipeline_unknown',
    message: `There is no pipeline "${name}"`,
    hint: didYouMean(name, known) ?? 'GET /api/v1/pipelines lists them',
  })
}

export function runUnknown(id: string): SillageError {
  return new SillageError({
    code: 'run_unknown',
    message: `There is no run "${id}"`,
    hint: 'GET /api/v1/runs lists them',
  })
}

export function runInProgress(pipeline: string): SillageError {
  return new SillageError({
    code: 'run_in_progress',
    message: `A run of ${pipeline} goes on`,
    hint: 'wait for it, cancel it, or use ?queue=true',
    retryable: true,
  })
}

export function busy(pipeline: string): SillageError {
  return new SillageError({
    code: 'busy',
    message: `A run of ${pipeline} goes on`,
    hint: 'ask again when it has ended',
    retryable: true,
  })
}

export function queueFull(): SillageError {
  return new SillageError({
    code: 'queue_full',
    message: 'Too many runs wait',
    hint: 'try again later',
    retryable: true,
  })
}

export function streamsFull(): SillageError {
  return new SillageError({
    code: 'streams_full',
    message: 'Too many streams of events are open',
    hint: 'try again later',
    retryable: true,
  })
}

export function readerBusy(): SillageError {
  return new SillageError({
    code: 'reader_busy',
    message: 'Too many tables are read at once',
    hint: 'try again later',
    retryable: true,
  })
}

export function stopping(): SillageError {
  return new SillageError({
    code: 'stopping',
    message: 'The server is stopping',
    hint: 'try again when it is back',
    retryable: true,
  })
}

export function forbidden(what: string): SillageError {
  return new SillageError({
    code: 'forbidden',
    message: `${what} needs the role operate`,
    hint: 'use the token with the role operate',
  })
}
