import { sep } from 'node:path'

/** Leaves the folders of the machine out of every text of a value: paths inside them become relative. */
export function withoutPlaces(folders: readonly string[]): <T>(value: T) => T {
  const known = [...new Set(folders)]
    .filter((folder) => folder.length > 1)
    .sort((a, b) => b.length - a.length)
  const ofText = (text: string): string =>
    known.reduce((rest, folder) => rest.replaceAll(`${folder}${sep}`, '').replaceAll(folder, '.'), text)
  const of = (value: unknown): unknown => {
    if (typeof value === 'string') return ofText(value)
    if (Array.isArray(value)) return value.map(of)
    if (value !== null && typeof value === 'object')
      return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, of(inner)]))
    return value
  }
  return <T>(value: T): T => of(value) as T
}
