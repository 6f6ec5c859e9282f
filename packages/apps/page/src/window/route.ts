import { useEffect, useState } from 'preact/hooks'

export type Section = 'overview' | 'runs' | 'refused' | 'tables' | 'changes'

export const sections: readonly Section[] = ['overview', 'runs', 'refused', 'tables', 'changes']

/** What the page shows, as its address says: `#/shop/tables/customers?filter=…`. */
export type Route =
  | { readonly kind: 'pipelines' }
  | {
      readonly kind: 'pipeline'
      readonly pipeline: string
      readonly section: Section
      readonly table?: string
    }
  | { readonly kind: 'run'; readonly run: string }
  | { readonly kind: 'unknown' }

export interface Address {
  readonly route: Route
  readonly query: URLSearchParams
}

/** Reads the part of an address after `#`. */
export function readAddress(hash: string): Address {
  const [path = '', query = ''] = hash.replace(/^#?\/?/, '').split(/\?(.*)/s)
  return { route: routeOf(path.split('/').filter(Boolean).map(decoded)), query: new URLSearchParams(query) }
}

function routeOf(parts: readonly string[]): Route {
  const [first, second, third, ...more] = parts
  if (first === undefined) return { kind: 'pipelines' }
  if (more.length > 0) return { kind: 'unknown' }
  if (first === 'run' && second !== undefined && third === undefined) return { kind: 'run', run: second }
  if (first !== 'pipeline' || second === undefined) return { kind: 'unknown' }
  const section = (third ?? 'overview').split(':')[0] as Section
  if (!sections.includes(section)) return { kind: 'unknown' }
  const table = third?.split(':')[1]
  return { kind: 'pipeline', pipeline: second, section, ...(table === undefined ? {} : { table }) }
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}

/** The address of a section of a pipeline, or of one of its tables. */
export function toPipeline(pipeline: string, section: Section = 'overview', table?: string): string {
  const rest =
    section === 'overview' ? '' : `/${section}${table === undefined ? '' : `:${encodeURIComponent(table)}`}`
  return `#/pipeline/${encodeURIComponent(pipeline)}${rest}`
}

export function toRun(run: string): string {
  return `#/run/${encodeURIComponent(run)}`
}

/** The address as it is now; Back and links change it. */
export function useAddress(): Address {
  const [address, setAddress] = useState(() => readAddress(location.hash))
  useEffect(() => {
    const read = (): void => setAddress(readAddress(location.hash))
    addEventListener('hashchange', read)
    return () => removeEventListener('hashchange', read)
  }, [])
  return address
}

/** Changes what stands after `?`; Back undoes it. */
export function setQuery(changes: Readonly<Record<string, string | undefined>>): void {
  const [path = '', query = ''] = location.hash.split(/\?(.*)/s)
  const next = new URLSearchParams(query)
  for (const [name, value] of Object.entries(changes))
    if (value === undefined || value === '') next.delete(name)
    else next.set(name, value)
  const text = next.toString()
  location.hash = text === '' ? path : `${path}?${text}`
}
