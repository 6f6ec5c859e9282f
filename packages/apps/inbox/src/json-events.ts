import type { Event } from './event.ts'
import { bodyInvalid, type EventProblem, eventsRefused, tooManyEvents } from './failures.ts'
import type { Form } from './form.ts'
import { depthOf, itemsOf, onOneLine } from './json-text.ts'

const deepest = 32

/** The events of JSON: one object, or a list of them. Each keeps the text that it had, and so the digits of its numbers. */
export function jsonEvents(text: string, form: Form): readonly Event[] {
  const value = parsed(text)
  if (value === undefined) throw bodyInvalid('The body is no JSON', 'send one object, or a list of objects')
  if (!Array.isArray(value)) return all([value], (one) => eventOf(onOneLine(text.trim()), one, 1))
  if (value.length === 0) throw bodyInvalid('The list is empty', 'send one event at least')
  if (value.length > form.events) throw tooManyEvents(form.events)
  const items = itemsOf(text)
  return all(value, (one, index) => eventOf(onOneLine(items[index]!), one, index + 1))
}

/** The events of JSON lines; empty lines are passed over, but counted. */
export function lineEvents(text: string, form: Form): readonly Event[] {
  const lines = text.split('\n').flatMap((line, index) => {
    const trimmed = line.trim()
    return trimmed === '' ? [] : [{ trimmed, number: index + 1 }]
  })
  if (lines.length === 0) throw bodyInvalid('The body has no line', 'send one JSON object a line')
  if (lines.length > form.events) throw tooManyEvents(form.events)
  return all(lines, ({ trimmed, number }) => eventOf(onOneLine(trimmed), parsed(trimmed), number))
}

/** Makes each event; all that is wrong is told at once. */
function all<T>(list: readonly T[], make: (one: T, index: number) => Event): readonly Event[] {
  const problems: EventProblem[] = []
  const events = list.flatMap((one, index) => {
    try {
      return [make(one, index)]
    } catch (error) {
      if (!(error instanceof NoEvent)) throw error
      problems.push(error.problem)
      return []
    }
  })
  if (problems.length > 0) throw eventsRefused(problems)
  return events
}

class NoEvent extends Error {
  readonly problem: EventProblem

  constructor(problem: EventProblem) {
    super(problem.code)
    this.problem = problem
  }
}

function eventOf(text: string, value: unknown, line: number): Event {
  if (value === undefined) throw new NoEvent({ line, code: 'not_json' })
  if (value === null || typeof value !== 'object' || Array.isArray(value))
    throw new NoEvent({ line, code: 'not_an_object' })
  if (depthOf(text) > deepest) throw new NoEvent({ line, code: 'too_deep' })
  if (text.includes('\\u0000') && hasNul(text)) throw new NoEvent({ line, code: 'nul_character' })
  return { line, text, value: value as Event['value'] }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}

function hasNul(text: string): boolean {
  let found = false
  JSON.parse(text, (key, value: unknown) => {
    found ||= key.includes('\0') || (typeof value === 'string' && value.includes('\0'))
    return value
  })
  return found
}
