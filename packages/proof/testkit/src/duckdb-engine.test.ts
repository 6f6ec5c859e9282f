import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
import { describeEngine } from './describe-engine.ts'

const { resolve } = createRequire(import.meta.url)

await describeEngine('DuckDB', {
  module: pathToFileURL(resolve('@sillage/duckdb/engine')).href,
  name: 'duckdbEngine',
})
