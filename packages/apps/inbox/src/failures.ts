import { didYouMean, SillageError } from '@sillage/base'

/** An event of a request that does not fit: which, and why. Never what was sent. */
export interface EventProblem {
  /** From 1. */
  readonly line: number
  /** Absent where the event as a whole is meant. */
  readonly field?: string
  readonly code: string
}

const mostTold = 100

export function eventsRefused(problems: readonly EventProblem[]): SillageError {
  const lines = new Set(problems.map(({ line }) => line)).size
  return new SillageError({
    code: 'events_refused',
    message: `${lines} ${lines === 1 ? 'event does' : 'events do'} not fit; nothing of the request was kept`,
    hint: 'correct the named fields, then send the whole request again',
    facts: { problems: problems.slice(0, mostTold) },
  })
}

export function bodyInvalid(message: string, hint: string): SillageError {
  return new SillageError({ code: 'body_invalid', message, hint })
}

export function tooManyEvents(most: number): SillageError {
  return new SillageError({
    code: 'events_too_many',
    message: `The request has more than ${most} events`,
    hint: 'send them in several requests',
    facts: { most },
  })
}

export function mediaTypeRefused(): SillageError {
  return new SillageError({
    code: 'media_type_refused',
    message: 'The body is of no kind that a form takes',
    hint: 'application/json, application/x-ndjson, application/x-www-form-urlencoded or multipart/form-data',
  })
}

export function keyInvalid(): SillageError {
  return new SillageError({
    code: 'idempotency_key_invalid',
    message: 'The idempotency key is empty, too long or has invisible characters',
    hint: 'use a UUID; at most 200 characters',
  })
}

export function keyReused(): SillageError {
  return new SillageError({
    code: 'idempotency_key_reused',
    message: 'Another request was sent under this idempotency key; nothing of this one was kept',
    hint: 'use a new key for each request; repeat a request unchanged',
  })
}

export function signatureInvalid(message: string): SillageError {
  return new SillageError({
    code: 'signature_invalid',
    message,
    hint: 'sillage-signature: t=<seconds since 1970>,v1=<HMAC-SHA256 of "<t>.<body>", hexadecimal>',
  })
}

export function inboxFull(cause: unknown): SillageError {
  return new SillageError({
    code: 'inbox_full',
    message: 'There is no disk space to keep the request; nothing of it was kept',
    hint: 'send it again when there is room',
    retryable: true,
    cause,
  })
}

export function inboxUnavailable(cause: unknown): SillageError {
  return new SillageError({
    code: 'inbox_unavailable',
    message: 'The request could not be kept',
    hint: 'send it again later, under the same key',
    retryable: true,
    cause,
  })
}

export function inboxBusy(pid: number): SillageError {
  return new SillageError({
    code: 'inbox_busy',
    message: `Another process receives forms for this project: pid ${pid}`,
    hint: 'end it first; one server writes to state/inbox',
  })
}

export function formUnknown(name: string, known: readonly string[]): SillageError {
  return new SillageError({
    code: 'form_unknown',
    message: `There is no form "${name}"`,
    hint: didYouMean(name, known) ?? 'GET /openapi lists them; they are declared in sillage.yaml under inbox',
  })
}
