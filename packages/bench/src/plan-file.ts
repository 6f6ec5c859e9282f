import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { invalidInput } from '@sillage/base'
import { makePlan, type Plan } from '@sillage/plan'
import type { Plugin } from '@sillage/sdk'
import { makeRegistry, placesOf, readPipeline } from '@sillage/spec'
import { DuckDbBinder, localFiles } from '@sillage/store'

const packages = ['collect', 'clean', 'enrich', 'score', 'segment', 'activate']

/** Reads and compiles a pipeline file, as the command line does. */
export async function planFile(file: string): Promise<Plan> {
  const folder = dirname(file)
  const registry = makeRegistry(
    packages.map((name) => fileURLToPath(import.meta.resolve(`@sillage/${name}/manifest.json`))),
  )
  const project = { folder, plugins: [], pipelines: [], places: placesOf(folder) }
  const read = await readPipeline({ file, project, registry, env: {}, params: {} })
  if (!read.pipeline) throw invalidInput(read.diagnostics)
  await using binder = new DuckDbBinder()
  const { plan, diagnostics } = await makePlan({
    pipeline: read.pipeline,
    locate: read.locate,
    loadPlugin: async ({ url }) => ((await import(url)) as { readonly default: Plugin }).default,
    binder,
    files: localFiles({
      own: join(folder, '.sillage', read.pipeline.name),
      dataset: async () => [],
      martOf: (name) => join(folder, 'marts', `${name}.duckdb`),
    }),
    signal: new AbortController().signal,
  })
  if (!plan) throw invalidInput(diagnostics)
  return plan
}
