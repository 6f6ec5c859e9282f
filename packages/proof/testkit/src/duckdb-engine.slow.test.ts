import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
import { describeKilledEngine } from './describe-engine.ts'

const { resolve } = createRequire(import.meta.url)

await describeKilledEngine('DuckDB', {
  module: pathToFileURL(resolve('@sillage/duckdb/engine')).href,
  name: 'duckdbEngine',
})
