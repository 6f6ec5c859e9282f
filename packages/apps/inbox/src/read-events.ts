import type { Event } from './event.ts'
import { bodyInvalid, mediaTypeRefused } from './failures.ts'
import type { Form } from './form.ts'
import { multipartEvent, urlencodedEvent } from './form-events.ts'
import { jsonEvents, lineEvents } from './json-events.ts'

/** The events of a request. Throws `media_type_refused`, `body_invalid`, `events_too_many`, `events_refused`. */
export async function readEvents({
  body,
  type,
  form,
}: {
  readonly body: Buffer
  /** The content type, as sent. */
  readonly type: string
  readonly form: Form
}): Promise<readonly Event[]> {
  switch (mediaType(type)) {
    case 'application/json':
    // A page of another origin may send this without asking; what it may send, origins say.
    case 'text/plain':
      return jsonEvents(textOf(body), form)
    case 'application/x-ndjson':
    case 'application/jsonl':
    case 'application/ndjson':
      return lineEvents(textOf(body), form)
    case 'application/x-www-form-urlencoded':
      return [urlencodedEvent(textOf(body), form)]
    case 'multipart/form-data':
      return [await multipartEvent(body, type, form)]
    default:
      throw mediaTypeRefused()
  }
}

/** True of a request that a browser made of a form, whose sender sees the answer as a page. */
export function isBrowserForm(type: string): boolean {
  return ['application/x-www-form-urlencoded', 'multipart/form-data'].includes(mediaType(type))
}

function mediaType(type: string): string {
  return type.split(';')[0]!.trim().toLowerCase()
}

const decoder = new TextDecoder('utf-8', { fatal: true })

function textOf(body: Buffer): string {
  try {
    return decoder.decode(body)
  } catch {
    throw bodyInvalid('The body is not UTF-8', 'send it as UTF-8')
  }
}
