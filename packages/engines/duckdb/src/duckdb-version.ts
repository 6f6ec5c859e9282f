import { createRequire } from 'node:module'

let known: string | undefined

/**
 * The version of DuckDB that this installation runs, such as `1.5.6`: the number of its client without the client's own revision. Read from the
 * package, so that DuckDB need not be loaded to know it.
 */
export function duckDbVersion(): string {
  if (known === undefined) {
    const { version } = createRequire(import.meta.url)('@duckdb/node-bindings/package.json') as {
      readonly version: string
    }
    known = version.replace(/-r\.\d+$/, '')
  }
  return known
}
