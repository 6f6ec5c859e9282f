import { exitCode } from '../exit-code.ts'
import type { ErrorEntry } from './error-entry.ts'

/** What the inbox answers to who sends a form. */
export const inboxErrors = {
  body_invalid: {
    text: 'The body of a request cannot be read',
    hint: 'send one object, or a list of objects',
    kind: 'error',
    from: 'inbox',
  },
  events_refused: {
    text: 'Events do not fit their form; nothing of the request was kept',
    hint: 'correct the named fields, then send the whole request again',
    kind: 'error',
    from: 'inbox',
  },
  events_too_many: {
    text: 'The request has too many events',
    hint: 'send them in several requests',
    kind: 'error',
    from: 'inbox',
  },
  form_undeclared: {
    text: 'A pipeline reads a form that sillage.yaml does not declare',
    hint: 'declare it in sillage.yaml under inbox',
    kind: 'warning',
    from: 'cli',
  },
  form_unknown: {
    text: 'There is no form of this name',
    hint: 'forms are declared in sillage.yaml under inbox',
    kind: 'error',
    from: 'inbox',
    exit: exitCode.usage,
  },
  idempotency_key_invalid: {
    text: 'The idempotency key is empty, too long or has invisible characters',
    hint: 'use a UUID; at most 200 characters',
    kind: 'error',
    from: 'inbox',
  },
  idempotency_key_reused: {
    text: 'Another request was sent under this idempotency key; nothing of this one was kept',
    hint: 'use a new key for each request; repeat a request unchanged',
    kind: 'error',
    from: 'inbox',
  },
  inbox_busy: {
    text: 'Another process receives forms for this project',
    hint: 'end it first; one server writes to state/inbox',
    kind: 'error',
    from: 'inbox',
    exit: exitCode.busy,
  },
  inbox_full: {
    text: 'There is no disk space to keep the request; nothing of it was kept',
    hint: 'send it again when there is room',
    kind: 'error',
    from: 'inbox',
  },
  inbox_unavailable: {
    text: 'The request could not be kept',
    hint: 'send it again later, under the same key',
    kind: 'error',
    from: 'inbox',
  },
  media_type_refused: {
    text: 'The media type of the body is not accepted',
    hint: 'send JSON, with content-type: application/json',
    kind: 'error',
    from: ['inbox', 'server'],
  },
  signature_invalid: {
    text: 'The signature of a request is missing, old or wrong',
    hint: 'sign the body as the page of forms says',
    kind: 'error',
    from: 'inbox',
  },
} as const satisfies Readonly<Record<string, ErrorEntry>>
