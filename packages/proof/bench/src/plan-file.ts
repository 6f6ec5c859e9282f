import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { invalidInput } from '@sillage/base'
import { DuckDbBinder } from '@sillage/duckdb'
import { duckdbEngine } from '@sillage/duckdb/engine'
import { localFiles } from '@sillage/ledger'
import { makeRegistry, placesOf, pluginPackages, readPipeline } from '@sillage/pipeline'
import { makePlan, type Plan } from '@sillage/plan'
import { runPlan } from '@sillage/run'
import type { Plugin } from '@sillage/sdk'

/** Reads and compiles a pipeline file, as the command line does. */
export async function planFile(file: string): Promise<Plan> {
  const folder = dirname(file)
  const { dependencies } = JSON.parse(readFileSync(join(import.meta.dirname, '../package.json'), 'utf8'))
  const registry = makeRegistry(
    pluginPackages(Object.keys(dependencies)).map((name) =>
      fileURLToPath(import.meta.resolve(`${name}/manifest.json`)),
    ),
  )
  const project = {
    folder,
    plugins: [],
    pipelines: [],
    places: placesOf(folder),
    sections: {},
    limits: { batchMs: 600_000, fitMs: 600_000, loadMs: 10_000 },
  }
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
    secret: () => '',
    signal: new AbortController().signal,
  })
  if (!plan) throw invalidInput(diagnostics)
  return plan
}

/** Runs a plan as the command line does, without its process. */
export async function runPlanned(plan: Plan): Promise<void> {
  const { run } = await runPlan({
    engine: duckdbEngine,
    plan,
    command: 'bench',
    secret: () => '',
    now: () => new Date(),
    onEvent: () => {},
    signal: new AbortController().signal,
  })
  if (run.status !== 'succeeded') throw new Error(`the engine failed: ${JSON.stringify(run.error)}`)
}
