import { sourceFailed } from '@sillage/sdk'

/**
 * The page that a `Link` header calls next, as what differs from the configured address: its path, and the parameters that are not those
 * of the configuration. A secret of the address is thus never kept. Throws `link_elsewhere`: headers are sent to the configured server alone.
 */
export function linkTo({
  header,
  from,
  base,
}: {
  readonly header: string | null
  readonly from: URL
  readonly base: URL
}): string | undefined {
  const found = /<([^>]*)>\s*;(?:[^,<]*;)?\s*rel\s*=\s*"?(?:[^",]*\s)?next\b/i.exec(header ?? '')?.[1]
  if (found === undefined) return undefined
  const url = new URL(found, from)
  if (url.origin !== base.origin)
    throw sourceFailed({
      code: 'link_elsewhere',
      message: `${base.origin} calls a page of ${url.origin} its next one`,
      hint: 'headers and secrets are sent to the configured server alone: check url',
    })
  const changed = [...url.searchParams].filter(
    ([name, value]) => !base.searchParams.getAll(name).includes(value),
  )
  const path = url.pathname === base.pathname ? '' : url.pathname
  return `${path}?${new URLSearchParams(changed)}`
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
