/** The steps of a path: keys, and places in a list (from the end where negative). */
export type JsonPath = readonly (string | number)[]

const part = /\.([^.[\]]+)|\["((?:[^"\\]|\\.)*)"\]|\[(-?\d+)\]/y

/** `$.data[0].id`, `$["a key"]`; a text without `$` is one key. Undefined if the text is not a path. */
export function parsePath(text: string): JsonPath | undefined {
  if (!text.startsWith('$')) return [text]
  const steps: (string | number)[] = []
  part.lastIndex = 1
  while (part.lastIndex < text.length) {
    const found = part.exec(text)
    if (!found) return undefined
    const [, key, quoted, place] = found
    steps.push(place === undefined ? (key ?? (JSON.parse(`"${quoted}"`) as string)) : Number(place))
  }
  return steps
}

/** The value at a path; undefined if there is none. */
export function valueAt(value: unknown, path: JsonPath): unknown {
  return path.reduce<unknown>((inner, step) => {
    if (inner === null || typeof inner !== 'object') return undefined
    if (typeof step === 'number') return Array.isArray(inner) ? inner.at(step) : undefined
    return Object.hasOwn(inner, step) ? (inner as Readonly<Record<string, unknown>>)[step] : undefined
  }, value)
}
