import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { DuckDbBinder, type Session } from '@sillage/duckdb'
import { duckdbEngine } from '@sillage/duckdb/engine'
import { localFiles, runPaths } from '@sillage/ledger'
import { findProject, type KnownPlugin, type Pipeline, placesOf, readPipeline } from '@sillage/pipeline'
import { makePlan, type Plan, type Suppression } from '@sillage/plan'
import { describe as describePlugin, type Plugin } from '@sillage/sdk'
import { openState } from '@sillage/state'
import type { ProgressEvent, RunOptions, RunResult } from '../options.ts'
import { runPlan } from '../run-plan.ts'
import { linesPlugin } from './small-plugins.ts'

/** A project in a folder of its own, whose plugins are values of the test: compiled and run in this process, on the real engine. */
export class SmallProject implements Disposable {
  readonly folder = mkdtempSync(join(tmpdir(), 'sillage-small-'))
  readonly #plugins = new Map<string, Plugin>()
  #minutes = 0
  /** What the last run told. */
  events: readonly ProgressEvent[] = []

  constructor(plugins: readonly unknown[], files: Readonly<Record<string, string>> = {}) {
    for (const plugin of [linesPlugin, ...plugins] as readonly Plugin[]) this.use(plugin)
    for (const [name, text] of Object.entries(files)) this.write(name, text)
  }

  /** Takes a plugin, in the place of one of its name. */
  use(plugin: unknown): void {
    this.#plugins.set((plugin as Plugin).name, plugin as Plugin)
  }

  write(name: string, text: string): void {
    const path = join(this.folder, name)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, text)
  }

  /** How many runs there were. */
  get runs(): number {
    return this.#minutes
  }

  async pipeline(asOf?: string): Promise<Pipeline> {
    return (await this.#read(asOf)).pipeline
  }

  async plan(asOf?: string): Promise<Plan> {
    const signal = new AbortController().signal
    const read = await this.#read(asOf)
    await using binder = new DuckDbBinder()
    const { plan, diagnostics } = await makePlan({
      pipeline: read.pipeline,
      locate: read.locate,
      loadPlugin: async ({ name }) => this.#plugins.get(name)!,
      binder,
      files: localFiles({
        own: join(this.folder, '.sillage', read.pipeline.name),
        dataset: async () => [],
        martOf: (name) => join(this.folder, 'marts', `${name}.duckdb`),
      }),
      secret: () => 'secret',
      suppressions: [
        ...openState(read.pipeline.places.suppressions).read('suppressions', read.pipeline.name),
      ] as unknown as readonly Suppression[],
      signal,
    })
    if (!plan) throw new Error(diagnostics.map(({ message }) => message).join('\n'))
    return plan
  }

  /** Compiles and runs; each run is a minute later than the one before. */
  async run(options: Partial<RunOptions> = {}): Promise<RunResult> {
    const plan = options.plan ?? (await this.plan())
    const events: ProgressEvent[] = []
    this.#minutes += 1
    const at = new Date(Date.UTC(2026, 0, 1, 0, this.#minutes))
    const result = await runPlan({
      plan,
      engine: duckdbEngine,
      command: 'test',
      threads: 1,
      memoryBytes: 2 ** 29,
      secret: () => 'secret',
      now: () => at,
      onEvent: (event) => events.push(event),
      signal: new AbortController().signal,
      ...options,
    })
    this.events = events
    return result
  }

  /** Rows of the working database after a run, or of another file of the project. */
  async rows(statement: string, file?: string): Promise<readonly Readonly<Record<string, unknown>>[]> {
    const own = runPaths({ places: placesOf(this.folder), pipeline: 'small' }).database
    const path = file === undefined ? own : join(this.folder, file)
    await using database = await duckdbEngine.openDatabase({ path, readOnly: true })
    using session = (await database.session()) as Session
    return await session.rows(statement)
  }

  async #read(asOf: string | undefined) {
    const { pipeline, diagnostics, locate } = await readPipeline({
      file: join(this.folder, 'pipeline.yaml'),
      project: await findProject(this.folder),
      registry: new Map([...this.#plugins].map(([name, plugin]) => [name, known(plugin)])),
      env: {},
      params: {},
      asOf,
    })
    if (!pipeline) throw new Error(diagnostics.map(({ message }) => message).join('\n'))
    return { pipeline, locate }
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true, force: true })
  }
}

/** A plugin as a registry knows it; its text stands for the hash of its module. */
function known(plugin: Plugin): KnownPlugin {
  const text = Object.values(plugin).map(String).join('\n')
  return {
    ...describePlugin({ plugin, module: 'small.js', source: text }),
    url: urlOf(plugin),
    proven: true,
  }
}

const modules = new Map<string, Plugin>()
Object.assign(globalThis, { sillageSmallModules: modules })

/** Where the main thread finds a plugin of the test: a module of one line that gives the value. */
function urlOf(plugin: Plugin): string {
  const id = `${modules.size}`
  modules.set(id, plugin)
  const text = `export default globalThis.sillageSmallModules.get(${JSON.stringify(id)})`
  return `data:text/javascript,${encodeURIComponent(text)}`
}
