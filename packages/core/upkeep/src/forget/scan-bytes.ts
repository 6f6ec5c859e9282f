import { closeSync, existsSync, lstatSync, openSync, readdirSync, readSync } from 'node:fs'
import { join } from 'node:path'
import type { Identifier } from './identifiers.ts'
import { spelledBytes } from './spellings.ts'

/** An identifier that is still somewhere. It is told by its column, never by its value. */
export interface Found {
  readonly file: string
  /** `main.customers.email`; absent where bytes were found. */
  readonly relation?: string
  /** The column whose value it is. */
  readonly identifier: string
  /** Rows, or places in the file. */
  readonly found: number
}

/** Files under these paths, sorted; links are not followed. */
export function filesUnder(paths: readonly string[]): readonly string[] {
  const found = new Set<string>()
  const walk = (path: string): void => {
    const facts = lstatSync(path, { throwIfNoEntry: false })
    if (facts?.isFile()) found.add(path)
    if (facts?.isDirectory()) for (const name of readdirSync(path)) walk(join(path, name))
  }
  for (const path of paths) if (existsSync(path)) walk(path)
  return [...found].sort()
}

const chunkBytes = 8 * 2 ** 20

/** Looks for identifiers in the bytes of a file, as words of their own: `17850` is not found in `178501`. */
export function scanBytes(file: string, identifiers: readonly Identifier[]): readonly Found[] {
  const wanted = identifiers.flatMap(({ value, column }) =>
    spelledBytes(value).map((bytes) => ({ bytes, column })),
  )
  const overlap = Math.max(0, ...wanted.map(({ bytes }) => bytes.length)) + 1
  const counts = new Map<string, number>()
  const handle = openSync(file, 'r')
  try {
    const buffer = Buffer.alloc(chunkBytes + overlap + 1)
    let kept = 0
    // Offsets in the file: of the buffer's first byte, and of the first place that was not looked at yet.
    let base = 0
    let next = 0
    for (let read = -1; read !== 0; ) {
      read = readSync(handle, buffer, kept, chunkBytes, null)
      const view = buffer.subarray(0, kept + read)
      // What begins in the last bytes is looked at with the next chunk, which brings what follows it.
      const until = read === 0 ? view.length : Math.max(0, view.length - overlap)
      for (const { bytes, column } of wanted)
        for (
          let at = view.indexOf(bytes, next - base);
          at >= 0 && at < until;
          at = view.indexOf(bytes, at + 1)
        )
          if (isWord(view, at, bytes.length)) counts.set(column, (counts.get(column) ?? 0) + 1)
      next = Math.max(next, base + until)
      const from = Math.max(0, view.length - overlap - 1)
      base += from
      kept = view.subarray(from).copy(buffer, 0)
    }
  } finally {
    closeSync(handle)
  }
  return [...counts].map(([identifier, found]) => ({ file, identifier, found }))
}

function isWord(view: Buffer, at: number, length: number): boolean {
  return !isAlphanumeric(view[at - 1]) && !isAlphanumeric(view[at + length])
}

function isAlphanumeric(byte: number | undefined): boolean {
  if (byte === undefined) return false
  return (byte >= 48 && byte <= 57) || (byte >= 65 && byte <= 90) || (byte >= 97 && byte <= 122)
}
