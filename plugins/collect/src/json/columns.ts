import type { SourceContext } from '@sillage/sdk'
import { askFile } from '../files/grown.ts'
import { columnNames } from '../text/column-names.ts'
import type { Documents } from './documents.ts'
import { distinctKeys, type JsonColumn, pathTo, typeFacts } from './keys.ts'
import { asked, type Source } from './source.ts'
import { union } from './typed.ts'

/** The keys of all files in the order in which they first appear. */
export async function inferred(
  sources: readonly Source[],
  context: SourceContext,
): Promise<readonly JsonColumn[]> {
  const keys = new Set<string>()
  for (const source of sources) {
    const found = await askFile<Documents, readonly string[]>({
      file: asked(source),
      what: 'keys',
      context,
      ask: async (documents) =>
        (await context.query(distinctKeys(union([documents], {})), [source.documents.file.path])).map(
          ({ key }) => String(key),
        ),
      both: (a, b) => [...new Set([...a, ...b])],
    })
    for (const key of found) keys.add(key)
  }
  const list = [...keys]
  const names = columnNames(list)
  return list.map((key, index) => ({ name: names[index]!, path: pathTo(key) }))
}

type Facts = Readonly<Record<string, unknown>>

/** What holds of the values of each column in all files. */
export async function factsOf(
  sources: readonly Source[],
  columns: readonly JsonColumn[],
  context: SourceContext,
): Promise<Facts> {
  const both = (a: Facts, b: Facts): Facts =>
    Object.fromEntries(Object.keys(a).map((name) => [name, holdsInBoth(a[name], b[name])]))
  const found: Facts[] = []
  for (const source of sources)
    found.push(
      await askFile<Documents, Facts>({
        file: asked(source),
        what: `types ${JSON.stringify(columns)}`,
        context,
        ask: async (documents) =>
          (await context.query(typeFacts(union([documents], {}), columns), [source.documents.file.path]))[0]!,
        both,
      }),
    )
  return found.reduce(both)
}

/** Null: no value was seen. */
function holdsInBoth(a: unknown, b: unknown): unknown {
  if (a === null || b === null) return a ?? b
  return a === true && b === true
}

/** The columns that a configuration names. */
export function declared(columns: Readonly<Record<string, string>>): readonly JsonColumn[] {
  return Object.entries(columns).map(([name, place]) => ({
    name,
    path: place.startsWith('$') ? place : pathTo(place),
  }))
}
