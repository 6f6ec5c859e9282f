import type { Event } from './event.ts'
import { bodyInvalid } from './failures.ts'
import type { FieldType, Form } from './form.ts'

type Pair = readonly [name: string, value: string]

const mostFields = 1000

/** The event of a form as browsers send it (application/x-www-form-urlencoded). */
export function urlencodedEvent(text: string, form: Form): Event {
  const parts = text.split('&').filter((part) => part !== '')
  return eventOf(
    parts.slice(0, mostFields + 1).map((part) => {
      const at = part.indexOf('=')
      return at < 0 ? [decoded(part), ''] : [decoded(part.slice(0, at)), decoded(part.slice(at + 1))]
    }),
    form,
  )
}

/** The event of a form in parts (multipart/form-data). It takes no files. */
export async function multipartEvent(body: Buffer, type: string, form: Form): Promise<Event> {
  const pairs: Pair[] = []
  for (const [name, value] of await partsOf(body, type)) {
    if (typeof value !== 'string') throw bodyInvalid('A form takes no files', 'leave the file out')
    pairs.push([name, value])
  }
  return eventOf(pairs, form)
}

async function partsOf(body: Buffer, type: string): Promise<Iterable<[string, string | object]>> {
  try {
    return await new Response(new Uint8Array(body), { headers: { 'content-type': type } }).formData()
  } catch {
    throw bodyInvalid(
      'The parts of the body cannot be read',
      'send it as a browser does: multipart/form-data',
    )
  }
}

/** Fields that were left empty are absent. What is kept are the texts as they came; what is checked are the values that they stand for. */
function eventOf(pairs: readonly Pair[], { types }: Form): Event {
  if (pairs.length > mostFields) throw bodyInvalid('The form has too many fields', `at most ${mostFields}`)
  if (pairs.some(([name, value]) => `${name}${value}`.includes('\0')))
    throw bodyInvalid('A field holds a NUL character', 'send text')
  const texts = new Map<string, string[]>()
  for (const [name, value] of pairs) if (value !== '') texts.set(name, [...(texts.get(name) ?? []), value])
  const kept = [...texts].map(
    ([name, all]) => [name, all.length > 1 || typeOf(types, name) === 'list' ? all : all[0]!] as const,
  )
  const checked = kept.map(
    ([name, value]) =>
      [name, typeof value === 'string' ? valueFor(value, typeOf(types, name)) : value] as const,
  )
  return { line: 1, text: JSON.stringify(Object.fromEntries(kept)), value: Object.fromEntries(checked) }
}

function typeOf(types: Form['types'], name: string): FieldType | undefined {
  return Object.hasOwn(types, name) ? types[name] : undefined
}

/** The value that a text stands for; the text itself where it stands for none, which the check then refuses. */
function valueFor(text: string, type: FieldType | undefined): unknown {
  switch (type) {
    case 'integer':
      return /^[+-]?\d{1,40}$/.test(text) ? Number(text) : text
    case 'number':
      return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d{1,3})?$/i.test(text) ? Number(text) : text
    case 'boolean':
      return /^(true|on|yes|1)$/i.test(text) ? true : /^(false|off|no|0)$/i.test(text) ? false : text
    case 'text':
    case 'list':
    case undefined:
      return text
  }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    throw bodyInvalid('A field is not encoded as UTF-8', 'send the form with accept-charset="utf-8"')
  }
}
