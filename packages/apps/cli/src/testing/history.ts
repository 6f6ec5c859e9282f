import { readlinkSync } from 'node:fs'
import { basename, join } from 'node:path'
import { expect } from 'vitest'
import { succeeded } from './outcome.ts'
import type { TestProject } from './project.ts'

const source = '  raw: { uses: collect/csv, with: { path: people.csv } }\n'

/** People of `people.csv` (id, name, spent) in tiers: low below 50, mid, high from 100. */
export function tiersPipeline(more = ''): string {
  return `pipeline: p
${more}stages:
${source}  tiered: { uses: segment/tiers, from: raw, with: { value: spent, into: tier, tiers: [{ name: low, below: 50 }, { name: mid, from: 50, below: 100 }, { name: high, from: 100 }] } }
marts: { people: { from: tiered, key: [id] } }
`
}

/** People of `people.csv` with derived columns. */
export function martPipeline(columns: string, key: readonly string[]): string {
  return `pipeline: p
stages:
${source}  derived: { uses: enrich/derive, from: raw, with: { columns: { ${columns} } } }
marts: { people: { from: derived${key.length > 0 ? `, key: [${key.join(', ')}]` : ''} } }
`
}

/** The run whose version the mart's link points at. */
export function shownVersion(project: TestProject, pipeline = 'p'): string {
  return basename(readlinkSync(join(project.folder, `marts/${pipeline}.duckdb`)), '.duckdb')
}

/** Runs the project's only pipeline; gives the version that readers see then. */
export async function history(project: TestProject, pipeline = 'p'): Promise<string> {
  succeeded(await project.run(['run', pipeline, '--output', 'json']))
  return shownVersion(project, pipeline)
}

/** Rows of the published mart. */
export async function ask(project: TestProject, text: string, mart = 'p'): Promise<readonly unknown[]> {
  const ended = await project.run(['query', mart, text, '--output', 'json'])
  expect(ended.exit, ended.out + ended.err).toBe(0)
  return (ended.json() as { readonly rows: readonly unknown[] }).rows
}
