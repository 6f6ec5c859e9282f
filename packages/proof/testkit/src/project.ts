import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { DuckDbBinder } from '@sillage/duckdb'
import { readRecords } from '@sillage/inbox'
import { inboxFolder, type Known, localFiles, pulledBy, runPaths } from '@sillage/ledger'
import {
  type ConnectionTypes,
  findDataset,
  findProject,
  type KnownPlugin,
  type Pipeline,
  placesOf,
  readPipeline,
} from '@sillage/pipeline'
import { makePlan, type Plan, type Suppression, withPulled } from '@sillage/plan'
import { type RunOptions, type RunResult, runPlan } from '@sillage/run'
import type { Plugin } from '@sillage/sdk'
import type { Engine, Working } from '@sillage/steps'
import { splitBudget } from '@sillage/workers'

/** A folder with a `pipeline.yaml`, the plugins that it may use, and where its steps are computed. */
export interface Project {
  readonly folder: string
  readonly registry: ReadonlyMap<string, KnownPlugin>
  readonly engine: Engine
  /** Definitions of connections; none unless said. */
  readonly types?: ConnectionTypes
}

/** A pipeline and its plan, where there is one, and the codes and messages of its diagnostics. */
export interface Planned {
  readonly pipeline?: Pipeline
  readonly plan: Plan | undefined
  readonly diagnostics: readonly string[]
}

export async function planProject(
  { folder, registry, types = new Map() }: Omit<Project, 'engine'>,
  suppressions: readonly Suppression[] = [],
  asOf?: string,
): Promise<Planned> {
  const told = (list: readonly { readonly code: string; readonly message: string }[]): readonly string[] =>
    list.map(({ code, message }) => `${code}: ${message}`)
  const read = await readPipeline({
    file: join(folder, 'pipeline.yaml'),
    project: await findProject(folder),
    registry,
    connectionTypes: types,
    env: {},
    params: {},
    ...(asOf === undefined ? {} : { asOf }),
  })
  if (!read.pipeline) return { plan: undefined, diagnostics: told(read.diagnostics) }
  await using binder = new DuckDbBinder()
  const { plan, diagnostics } = await makePlan({
    pipeline: read.pipeline,
    locate: read.locate,
    loadPlugin: async ({ url }) => ((await import(url)) as { default: Plugin }).default,
    binder,
    suppressions,
    files: localFiles({
      own: join(folder, '.sillage', read.pipeline.name),
      dataset: (name) => findDataset(folder, name),
      martOf: (name) => join(folder, 'marts', `${name}.duckdb`),
    }),
    secret: () => 'secret',
    signal: new AbortController().signal,
  })
  return { pipeline: read.pipeline, plan, diagnostics: told(diagnostics) }
}

const threads = 1
const memoryBytes = 2 ** 30
export const now = (): Date => new Date('2026-01-01T00:00:00Z')

export async function runProject(
  { folder, engine }: Project,
  plan: Plan,
  options: Partial<RunOptions> = {},
): Promise<RunResult['run']> {
  const { run } = await runPlan({ ...runFacts({ folder, engine }), plan, ...options })
  return run
}

/** What a run is handed beside its plan. */
export function runFacts({ folder, engine }: Pick<Project, 'folder' | 'engine'>): Omit<RunOptions, 'plan'> {
  return {
    engine,
    command: 'test',
    threads,
    memoryBytes,
    secret: () => 'secret',
    received: (form, since) => readRecords({ inbox: inboxFolder(placesOf(folder)), form, since }),
    now,
    onEvent: () => {},
    signal: new AbortController().signal,
  }
}

/** A plan over the rows that the last run read of its sources. */
export function asRead(plan: Plan, { cursors }: Pick<Known, 'cursors'>): Plan {
  return withPulled(plan, new Map([...cursors].map(([stage, cursor]) => [stage, pulledBy(cursor)])))
}

/** Looks at what the last run left, through the engine: its ledger, and its relations under their names. */
export async function lookInto<T>(
  { engine }: Project,
  plan: Plan,
  look: (working: Working) => Promise<T>,
): Promise<T> {
  const { places, pipeline } = plan
  const paths = runPaths({ places, pipeline })
  mkdirSync(paths.temp, { recursive: true })
  await using working = await engine.open({
    paths,
    run: 'look',
    command: 'test',
    now,
    budget: splitBudget({ memoryBytes, threads, workers: false }),
    sample: undefined,
    suppressions: places.suppressions,
    signal: new AbortController().signal,
    onProgress: () => {},
  })
  const { steps } = asRead(plan, await working.ledger.known())
  await working.relations.follow(steps)
  for (const step of steps)
    if (step.stored === undefined && (step.style === 'source' || step.style === 'sql'))
      await working.relations.show(step)
  return await look(working)
}
