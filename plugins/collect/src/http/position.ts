import { createHash } from 'node:crypto'
import { textOf } from '../values/exact-json.ts'
import { parsePath, valueAt } from '../values/json-path.ts'
import { applyLink, linkTo } from './link.ts'
import type { HttpOptions } from './options.ts'

/** Where reading goes on. */
export interface Position {
  /** Cursor, number or link of the page; absent for the first. */
  readonly page?: string | number
  /** Records of that page that were read. */
  readonly skip?: number
  /** The page before, in the case that this one does not exist. */
  readonly back?: Pick<Position, 'page' | 'skip'>
  /** What this pass over the pages asks for; absent in the first. */
  readonly since?: string
  /** Hashes of the records that were read with exactly that value: a server may give them again. */
  readonly border?: readonly string[]
  /** The greatest value that this pass saw, and the hashes of its records. */
  readonly greatest?: { readonly value: string; readonly border: readonly string[] }
}

export interface Answer {
  readonly url: URL
  readonly headers: Headers
  readonly body: unknown
  readonly records: readonly unknown[]
}

/** The address of a page. Parameters of the configured address that no page changes stay as they are, secrets among them. */
export function addressOf(config: HttpOptions, { page, since }: Position): URL {
  const url = new URL(config.url)
  const { next, since: asked } = config
  const value = since ?? asked?.first
  if (asked !== undefined && value !== undefined) url.searchParams.set(asked.parameter, value)
  if (next === 'link') return page === undefined ? url : applyLink(url, String(page))
  if (next === 'page')
    url.searchParams.set(config.parameter ?? 'page', String(page ?? config.first_page ?? 1))
  else if (next !== undefined && page !== undefined)
    url.searchParams.set(config.parameter ?? 'cursor', String(page))
  return url
}

/** The records of an answer that were not read before. */
export function freshOf(
  { records }: Answer,
  { skip = 0, since, border = [] }: Position,
  config: HttpOptions,
) {
  const fresh = records.slice(skip)
  if (config.since === undefined || since === undefined) return fresh
  const known = new Set(border)
  return fresh.filter((record) => sinceValue(record, config) !== since || !known.has(hashOf(record)))
}

/** Where to go on behind an answer, and whether it was the last for now. */
export function behind(
  answer: Answer,
  position: Position,
  config: HttpOptions,
): { readonly position: Position; readonly isLast: boolean } {
  const pass = passOf(answer, position, config)
  const next = nextPage(answer, position, config)
  if (next.isLast && config.since !== undefined) {
    const { since, border, greatest } = pass
    return {
      position: greatest ? { since: greatest.value, border: greatest.border } : startingAt(since, border),
      isLast: true,
    }
  }
  const { since, border, greatest } = pass
  return {
    position: {
      ...next.position,
      ...startingAt(since, border),
      ...(greatest === undefined ? {} : { greatest }),
    },
    isLast: next.isLast,
  }
}

function startingAt(since: string | undefined, border: readonly string[] | undefined): Position {
  return { ...(since === undefined ? {} : { since }), ...(border === undefined ? {} : { border }) }
}

type Next = { readonly position: Pick<Position, 'page' | 'skip' | 'back'>; readonly isLast: boolean }

function nextPage(answer: Answer, position: Position, config: HttpOptions): Next {
  const { page, skip = 0 } = position
  const read = Math.max(skip, answer.records.length)
  const here = { ...(page === undefined ? {} : { page }), ...(read === 0 ? {} : { skip: read }) }
  if (config.next === 'page') return nextNumber(answer, position, config)
  const next = nextCursor(answer, config)
  if (next === undefined || next === page) return { position: here, isLast: true }
  return { position: { page: next }, isLast: answer.records.length === 0 }
}

/** Without a page size a page is full if there is one behind it: a missing one leads back. */
function nextNumber({ records }: Answer, { page, skip = 0, back }: Position, config: HttpOptions): Next {
  const number = Number(page ?? config.first_page ?? 1)
  const read = Math.max(skip, records.length)
  const here = { page: number, ...(read === 0 ? {} : { skip: read }) }
  if (records.length === 0) return { position: back ?? here, isLast: true }
  if (config.page_size === undefined) return { position: { page: number + 1, back: here }, isLast: false }
  return records.length < config.page_size
    ? { position: here, isLast: true }
    : { position: { page: number + 1 }, isLast: false }
}

function nextCursor({ url, headers, body }: Answer, config: HttpOptions): string | undefined {
  if (config.next === undefined) return undefined
  if (config.next === 'link')
    return linkTo({ header: headers.get('link'), from: url, base: new URL(config.url) })
  const found = valueAt(body, parsePath(config.next)!)
  return found === false || found === '' ? undefined : (textOf(found) ?? undefined)
}

/** What the pass knows of greatest values with the records of an answer. */
function passOf(answer: Answer, position: Position, config: HttpOptions): Position {
  if (config.since === undefined) return position
  let value = position.greatest?.value ?? position.since
  let border = new Set(position.greatest?.border ?? position.border)
  for (const record of answer.records) {
    const found = sinceValue(record, config)
    if (found === null || (value !== undefined && isGreater(value, found))) continue
    if (found !== value) border = new Set()
    value = found
    border.add(hashOf(record))
  }
  return value === undefined ? position : { ...position, greatest: { value, border: [...border] } }
}

function sinceValue(record: unknown, { columns, since }: HttpOptions): string | null {
  return textOf(valueAt(record, parsePath(columns[since!.column]!)!))
}

function hashOf(record: unknown): string {
  return createHash('sha256')
    .update(textOf(record) ?? '')
    .digest('hex')
    .slice(0, 16)
}

/** Whole numbers by their size, all else as text, as ISO dates and times want it. */
function isGreater(a: string, b: string): boolean {
  const whole = /^-?\d+$/
  return whole.test(a) && whole.test(b) ? BigInt(a) > BigInt(b) : a > b
}
