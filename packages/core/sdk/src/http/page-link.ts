import { sourceFailed } from '../failure.ts'

/** The address that a `Link` header marks as next. */
export function nextInHeader(header: string | null): string | undefined {
  return /<([^>]*)>\s*;(?:[^,<]*;)?\s*rel\s*=\s*"?(?:[^",]*\s)?next\b/i.exec(header ?? '')?.[1]
}

/** The page that the `Link` header of an answer marks as next; undefined after the last. Throws `link_elsewhere`. */
export function nextLink({
  headers,
  url,
}: {
  readonly headers: Headers
  readonly url: URL
}): URL | undefined {
  const found = nextInHeader(headers.get('link'))
  return found === undefined ? undefined : applyLink(url, linkTo({ found, from: url, base: url }))
}

/** True if the next page of an answer is an address and not a cursor: absolute, a query, or a path that begins like the configured one. */
export function isAddress(text: string, base: URL): boolean {
  if (/^https?:\/\//i.test(text) || /^\?[^=]+=/.test(text)) return true
  const [, first = ''] = base.pathname.split('/')
  return (
    first !== '' && (text === `/${first}` || text.startsWith(`/${first}/`) || text.startsWith(`/${first}?`))
  )
}

/**
 * The page at an address, as its difference from the configured one: its path, and the parameters that the configuration does not have. A
 * secret in the address is thus never stored. Throws `link_elsewhere`: headers are sent only to the configured server.
 */
export function linkTo({
  found,
  from,
  base,
}: {
  readonly found: string
  readonly from: URL
  readonly base: URL
}): string {
  const url = new URL(found, from)
  if (url.origin !== base.origin && !isSameServer(url, base))
    throw sourceFailed({
      code: 'link_elsewhere',
      message: `${base.origin} calls a page of ${url.origin} its next one`,
      hint: 'headers and secrets are sent only to the configured server: check url',
    })
  const changed = [...url.searchParams].filter(
    ([name, value]) => !base.searchParams.getAll(name).includes(value),
  )
  const path = url.pathname === base.pathname ? '' : url.pathname
  return `${path}?${new URLSearchParams(changed)}`
}

/** Behind a proxy a server may believe that it speaks http; its next page is requested with the protocol of the first. */
function isSameServer(url: URL, base: URL): boolean {
  return url.protocol === 'http:' && url.hostname === base.hostname && url.port === '' && base.port === ''
}

/** The address of a page as `linkTo` gives it. */
export function applyLink(base: URL, link: string): URL {
  const at = link.indexOf('?')
  const url = new URL(base)
  if (at > 0) url.pathname = link.slice(0, at)
  const changed = new URLSearchParams(link.slice(at))
  for (const name of new Set(changed.keys())) url.searchParams.delete(name)
  for (const [name, value] of changed) url.searchParams.append(name, value)
  return url
}
