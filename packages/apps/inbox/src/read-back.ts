import { stat } from 'node:fs/promises'
import { KnownKeys, keyWindow } from './known-keys.ts'
import { readLines } from './read-lines.ts'
import { digestOfLine, factsOf, hasKey, type RecordFacts } from './record.ts'
import { segmentsIn } from './segments.ts'

/** What a server that starts knows again of a form. */
export interface ReadBack {
  readonly keys: KnownKeys
  /** When the last record was received; UTC, ISO. */
  readonly last: string | undefined
  /** Of the newest segment: bytes up to the end of its last whole request. */
  readonly wholeBytes: number
}

/** More are not read back: a start takes seconds, whatever came. */
const mostSegments = 8

export const ofRequest = (key: string): string => `request:${key}`
export const ofEvent = (key: string): string => `event:${key}`

/** Reads the keys of the last day from the newest segments. Throws `inbox_damaged`. */
export async function readBack(folder: string, now: Date): Promise<ReadBack> {
  const keys = new KnownKeys()
  const segments = segmentsIn(folder).slice(-mostSegments)
  let last: string | undefined
  let wholeBytes = 0
  for (const { path } of segments) {
    const isNewest = path === segments.at(-1)!.path
    const found = await statOf(path, { mayBeGone: !isNewest })
    if (!found) continue
    const { size, mtimeMs } = found
    if (!isNewest && mtimeMs < now.getTime() - keyWindow.ms) continue
    wholeBytes = 0
    for await (const { lines, end } of readLines(path, { from: 0, to: size })) {
      wholeBytes = end
      for (const { bytes } of lines) {
        const facts = hasKey(bytes) ? factsOf(bytes) : undefined
        if (facts) remember(keys, facts, () => digestOfLine(bytes))
      }
      const newest = lines.at(-1)
      if (newest) last = factsOf(newest.bytes)?.at ?? last
    }
  }
  return { keys, last, wholeBytes }
}

/** An old segment may be removed while it is looked at; its keys are forgotten by then. */
async function statOf(path: string, { mayBeGone }: { readonly mayBeGone: boolean }) {
  try {
    return await stat(path)
  } catch (error) {
    if (mayBeGone && (error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

/** Notes the keys of a record that was kept; `own` gives the digest of its event. */
export function remember(
  keys: KnownKeys,
  { request, key, id, ids, digest, at: time }: RecordFacts,
  own: () => string,
): void {
  const at = Date.parse(time)
  if (request !== undefined)
    keys.add(ofRequest(request), { ids: ids ?? [id], at, digest, isWhole: ids !== undefined })
  if (key !== undefined) keys.add(ofEvent(key), { ids: [id], at, digest: own() })
}
