import { parsePath, type SourceContext } from '@sillage/sdk'
import { askFile } from '../files/grown.ts'
import { columnNames } from '../text/column-names.ts'
import type { Documents } from './documents.ts'
import { distinctKeys, type JsonColumn, pathTo, repeatedKeys, typeFacts } from './keys.ts'
import { asked, type Source } from './source.ts'
import { union } from './typed.ts'

interface Keys {
  readonly keys: readonly string[]
  /** True where a document has one of them twice. */
  readonly repeated: boolean
}

/** The keys of all files in the order in which they first appear, the names that they get, and the files that have a key twice in a document. */
export async function inferred(
  sources: readonly Source[],
  context: SourceContext,
): Promise<{
  readonly columns: readonly JsonColumn[]
  readonly renamed: readonly string[]
  readonly repeating: ReadonlySet<Source>
}> {
  const keys = new Set<string>()
  const repeating = new Set<Source>()
  for (const source of sources) {
    const found = await askFile<Documents, Keys>({
      file: asked(source),
      what: 'keys',
      context,
      ask: async (documents) => {
        const rows = await context.query(distinctKeys(union([documents], {})), [source.documents.file.path])
        return {
          keys: rows.map(({ key }) => String(key)),
          repeated: rows.some(({ repeated }) => repeated === true),
        }
      },
      both: (a, b) => ({ keys: [...new Set([...a.keys, ...b.keys])], repeated: a.repeated || b.repeated }),
    })
    if (found.repeated) repeating.add(source)
    for (const key of found.keys) keys.add(key)
  }
  const list = [...keys]
  const names = columnNames(list)
  return {
    columns: list.map((key, index) => ({ name: names[index]!, path: pathTo(key) })),
    renamed: list.flatMap((key, index) =>
      key === names[index] ? [] : [`${JSON.stringify(key)} is called ${names[index]}`],
    ),
    repeating,
  }
}

/** Of declared columns: the files that have a key twice in one of the objects on the way to a value. */
export async function repeatingFiles(
  sources: readonly Source[],
  objects: readonly string[],
  context: SourceContext,
): Promise<ReadonlySet<Source>> {
  const found = new Set<Source>()
  for (const source of sources) {
    const repeated = await askFile<Documents, boolean>({
      file: asked(source),
      what: `repeated ${JSON.stringify(objects)}`,
      context,
      ask: async (documents) => {
        const statement = repeatedKeys(union([documents], {}), objects)
        return (await context.query(statement, [source.documents.file.path]))[0]!.repeated === true
      },
      both: (a, b) => a || b,
    })
    if (repeated) found.add(source)
  }
  return found
}

/** The objects of a document on the way to the places that a configuration names. */
export function objectsOn(columns: Readonly<Record<string, string>>): readonly string[] {
  const objects = Object.values(columns).flatMap((place) => {
    const steps = parsePath(place) ?? []
    return steps.map((_, length) =>
      steps
        .slice(0, length)
        .reduce<string>(
          (text, step) => text + (typeof step === 'number' ? `[${step}]` : pathTo(step).slice(1)),
          '$',
        ),
    )
  })
  return [...new Set(['$', ...objects])]
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

/** What holds must hold in both, the largest size counts; null: no value was seen. */
function holdsInBoth(a: unknown, b: unknown): unknown {
  if (a === null || b === null) return a ?? b
  if (typeof a !== 'boolean') return Math.max(Number(a), Number(b))
  return a === true && b === true
}

/** The columns that a configuration names. */
export function declared(columns: Readonly<Record<string, string>>): readonly JsonColumn[] {
  return Object.entries(columns).map(([name, place]) => ({
    name,
    path: place.startsWith('$') ? place : pathTo(place),
  }))
}
