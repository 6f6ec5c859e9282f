import { readdirSync, realpathSync } from 'node:fs'
import { basename, dirname } from 'node:path'

/** The version that a mart's link shows and the one before it, by the names of their files; undefined where there is none. */
export function lastTwo(mart: string): {
  readonly before: string | undefined
  readonly after: string | undefined
} {
  try {
    const file = realpathSync(mart)
    const names = readdirSync(dirname(file)).filter((name) => name.endsWith('.duckdb'))
    const before = names
      .sort()
      .filter((name) => name < basename(file))
      .at(-1)
    return { before: before && runOf(before), after: runOf(basename(file)) }
  } catch {
    return { before: undefined, after: undefined }
  }
}

function runOf(name: string): string {
  return basename(name, '.duckdb')
}
