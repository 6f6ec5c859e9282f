import type { Event } from './event.ts'
import { eventsRefused, keyInvalid } from './failures.ts'
import type { Form } from './form.ts'

/** The field that makes a single event known again, beside the header for a whole request. */
export const keyField = '_key'

/** An event that fits. `isBot`: what only machines fill in was filled in. */
export interface Judged {
  readonly event: Event
  readonly key: string | undefined
  readonly isBot: boolean
}

/** Holds events to the form. Throws `events_refused` with all that does not fit. */
export function judgeEvents(events: readonly Event[], form: Form): readonly Judged[] {
  const problems = []
  const judged: Judged[] = []
  for (const event of events) {
    const rest: Record<string, unknown> = { ...event.value }
    const key = rest[keyField]
    delete rest[keyField]
    const isBot = form.honeypot !== undefined && isFilled(rest[form.honeypot])
    if (form.honeypot !== undefined) delete rest[form.honeypot]
    // A machine learns nothing from what it did wrong.
    const found = isBot ? [] : [...form.check(rest), ...(key === undefined || isKey(key) ? [] : [badKey])]
    problems.push(...found.map((problem) => ({ line: event.line, ...problem })))
    judged.push({ event, isBot, key: isKey(key) ? key : undefined })
  }
  if (problems.length > 0) throw eventsRefused(problems)
  return judged
}

const badKey = { field: keyField, code: 'key_invalid' }

/** The key of a request. Throws `idempotency_key_invalid`. */
export function requestKey(header: string | undefined): string | undefined {
  if (header === undefined || isKey(header)) return header
  throw keyInvalid()
}

function isKey(key: unknown): key is string {
  return typeof key === 'string' && /^[\x21-\x7e]{1,200}$/.test(key)
}

function isFilled(value: unknown): boolean {
  return value !== undefined && value !== null && value !== '' && value !== false
}
