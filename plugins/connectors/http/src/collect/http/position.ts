import { createHash } from 'node:crypto'
import { applyLink, isAddress, linkTo, nextInHeader, parsePath, textOf, valueAt } from '@sillage/sdk'
import { comparableOf, compareTexts } from './compare.ts'
import type { HttpOptions } from './options.ts'

/** Where reading goes on. */
export interface Position {
  /** Cursor, number, offset or link of the page; absent for the first. */
  readonly page?: string | number
  /** True where `page` is a link that stood in the answer. */
  readonly link?: true
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
export function addressOf(config: HttpOptions, { page, link, since }: Position): URL {
  const url = new URL(config.url)
  const { next, since: asked } = config
  const value = since ?? asked?.first
  if (asked !== undefined && value !== undefined) url.searchParams.set(asked.parameter, value)
  if (next === 'link' || link) return page === undefined ? url : applyLink(url, String(page))
  if (next === 'page')
    url.searchParams.set(config.parameter ?? 'page', String(page ?? config.first_page ?? 1))
  else if (next === 'offset') url.searchParams.set(config.parameter ?? 'offset', String(page ?? 0))
  else if (next !== undefined && page !== undefined)
    url.searchParams.set(config.parameter ?? 'cursor', String(page))
  return url
}

/**
 * The records of an answer that were not read before, and how many are older than what was asked for: a server that compares whole seconds,
 * or that does not heed the parameter, gives them again.
 */
export function freshOf(
  { records }: Answer,
  { skip = 0, since, border = [] }: Position,
  config: HttpOptions,
): { readonly fresh: readonly unknown[]; readonly older: number } {
  const fresh = records.slice(skip)
  if (config.since === undefined || since === undefined) return { fresh, older: 0 }
  const known = new Set(border)
  const asked = comparableOf(since).kind
  let older = 0
  const taken = fresh.filter((record) => {
    const value = sinceValue(record, config)
    if (value === null) return !known.has(hashOf(record))
    const order = compareTexts(value, since)
    if (order === 0) return !known.has(hashOf(record))
    const isOlder = order < 0 && asked !== 'text' && comparableOf(value).kind === asked
    if (isOlder) older += 1
    return !isOlder
  })
  return { fresh: taken, older }
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

type Next = { readonly position: Pick<Position, 'page' | 'link' | 'skip' | 'back'>; readonly isLast: boolean }

function nextPage(answer: Answer, position: Position, config: HttpOptions): Next {
  const { page, link, skip = 0 } = position
  const read = Math.max(skip, answer.records.length)
  const here = {
    ...(page === undefined ? {} : { page }),
    ...(link ? { link } : {}),
    ...(read === 0 ? {} : { skip: read }),
  }
  if (config.next === 'page') return nextNumber(answer, position, config)
  if (config.next === 'offset') return nextOffset(answer, position, config)
  const next = nextCursor(answer, config)
  if (next === undefined || (next.page === page && next.link === link))
    return { position: here, isLast: true }
  return { position: next, isLast: answer.records.length === 0 }
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

/** Behind what was read, however many records the server gives at once. */
function nextOffset({ records }: Answer, { page }: Position, { page_size }: HttpOptions): Next {
  const isLast = records.length === 0 || (page_size !== undefined && records.length < page_size)
  return { position: { page: Number(page ?? 0) + records.length }, isLast }
}

function nextCursor(
  { url, headers, body }: Answer,
  config: HttpOptions,
): Pick<Position, 'page' | 'link'> | undefined {
  if (config.next === undefined) return undefined
  const base = new URL(config.url)
  if (config.next === 'link') {
    const found = nextInHeader(headers.get('link'))
    return found === undefined ? undefined : { page: linkTo({ found, from: url, base }) }
  }
  const found = valueAt(body, parsePath(config.next)!)
  const text = found === false || found === '' ? null : textOf(found)
  if (text === null) return undefined
  return isAddress(text, base)
    ? { page: linkTo({ found: text, from: url, base }), link: true }
    : { page: text }
}

/** What the pass knows of greatest values with the records of an answer; records without a value count as on the border. */
function passOf(answer: Answer, position: Position, config: HttpOptions): Position {
  if (config.since === undefined) return position
  let value = position.greatest?.value ?? position.since
  let border = new Set(position.greatest?.border ?? position.border)
  const without = new Set<string>()
  for (const record of answer.records) {
    const found = sinceValue(record, config)
    if (found === null) without.add(hashOf(record))
    if (found === null || (value !== undefined && compareTexts(found, value) < 0)) continue
    if (value === undefined || compareTexts(found, value) > 0) {
      border = new Set()
      value = found
    }
    border.add(hashOf(record))
  }
  return value === undefined
    ? position
    : { ...position, greatest: { value, border: [...new Set([...border, ...without])] } }
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

/** True where an answer has values, in the column by which a server is asked, that can only be compared as text. */
export function hasTextValues({ records }: Answer, config: HttpOptions): boolean {
  if (config.since === undefined) return false
  return records.some((record) => {
    const value = sinceValue(record, config)
    return value !== null && comparableOf(value).kind === 'text'
  })
}

/** What an answer brought, in short. */
export function contentOf({ records }: Answer): string {
  return hashOf(records)
}
