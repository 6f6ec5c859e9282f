import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { expect, it } from 'vitest'
import { allPlugins } from './all-plugins.ts'
import { describeEngine } from './describe-engine.ts'

const { resolve } = createRequire(import.meta.url)

await describeEngine('DuckDB', {
  module: pathToFileURL(resolve('@sillage/duckdb/engine')).href,
  name: 'duckdbEngine',
  runsExamples: false,
})

it('each plugin of the repository has its examples run on DuckDB by a test of its package', () => {
  const packages = [...allPlugins().values()].map(({ url }) => {
    const [folder] = fileURLToPath(url).split(/[/\\]dist[/\\]/)
    return folder!
  })
  expect(new Set(packages).size).toBeGreaterThan(8)
  for (const folder of new Set(packages)) {
    const test = join(folder, 'src/plugins.test.ts')
    expect(existsSync(test), test).toBe(true)
    expect(readFileSync(test, 'utf8')).toContain('await describePlugins(import.meta.url)')
  }
})
