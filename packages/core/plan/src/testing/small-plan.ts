import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { findProject, type KnownPlugin, readPipeline } from '@sillage/pipeline'
import { defineSource, defineSql, describe as describePlugin, type Plugin, sql, t } from '@sillage/sdk'
import { makePlan, type PlanFacts } from '../make-plan.ts'
import type { Binder, Files } from '../ports.ts'
import type { Step } from '../styles/styles.ts'

/** Packages that come after this one and fill its ports: a test looks them up by name, since it cannot be built with them. */
const after = { engine: '@sillage/duckdb', ledger: '@sillage/ledger' }

/** DuckDB's own answers. */
export async function openBinder(): Promise<Binder & AsyncDisposable> {
  const { DuckDbBinder } = (await import(after.engine)) as {
    readonly DuckDbBinder: new () => Binder & AsyncDisposable
  }
  return new DuckDbBinder()
}

/** Rows of a statement on DuckDB, after others. */
export async function ask(
  ...statements: readonly string[]
): Promise<readonly Readonly<Record<string, unknown>>[]> {
  await using binder = await openBinder()
  for (const statement of statements.slice(0, -1)) await binder.query(statement, '')
  return await binder.query(statements.at(-1)!, '')
}

/** Rows of CSV files, with types that DuckDB finds. */
export const rowsPlugin = defineSource({
  name: 'collect/rows',
  summary: 'Rows of CSV files.',
  config: t.object({ path: t.path() }),
  examples: [],
  scan: async ({ config, context }) => {
    const files = await context.files(config.path)
    return {
      files,
      select: ({ provenance }) =>
        sql`select * exclude (filename)${provenance ? sql`, filename as _file, row_number() over () as _line` : sql.empty} from read_csv(${sql.list(files)}, filename = true)`,
    }
  },
})

/** All rows with a column more. */
export const addPlugin = defineSql({
  name: 'enrich/add',
  summary: 'Adds a column.',
  config: t.object({ columns: t.map(t.expression(), { 'x-key-role': 'new-column' }) }),
  rows: 'same',
  incremental: 'by_row',
  examples: [],
  sql: ({ config, input, expression }) =>
    sql`select *, ${sql.join(
      Object.entries(config.columns).map(([name, text]) => sql`${expression(text)} as ${sql.id(name)}`),
    )} from ${input}`,
})

type Made = Awaited<ReturnType<typeof makePlan>>

/** A pipeline in a folder of its own, whose plugins are values of the test; compiled against the real DuckDB. */
export class SmallPlan implements AsyncDisposable {
  readonly folder = mkdtempSync(join(tmpdir(), 'sillage-plan-'))
  readonly #plugins = new Map<string, Plugin>()
  #binder: Promise<Binder & AsyncDisposable> | undefined
  /** What of the files is other than they are. */
  files: Partial<Files> = {}

  constructor(plugins: readonly unknown[], files: Readonly<Record<string, string>>) {
    for (const plugin of [rowsPlugin, addPlugin, ...plugins] as readonly Plugin[])
      this.#plugins.set(plugin.name, plugin)
    for (const [name, text] of Object.entries(files)) this.write(name, text)
  }

  write(name: string, text: string): void {
    const path = join(this.folder, name)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, text)
    // When it was written says nothing here.
    utimesSync(path, 1, 1)
  }

  async make(more: Partial<PlanFacts> & { readonly proven?: boolean } = {}): Promise<Made> {
    const { proven = true, ...facts } = more
    const { localFiles } = (await import(after.ledger)) as { readonly localFiles: (facts: unknown) => Files }
    const read = await readPipeline({
      file: join(this.folder, 'pipeline.yaml'),
      project: await findProject(this.folder),
      registry: new Map([...this.#plugins].map(([name, plugin]) => [name, known(plugin, proven)])),
      env: {},
      params: {},
    })
    if (!read.pipeline) throw new Error(read.diagnostics.map(({ message }) => message).join('\n'))
    this.#binder ??= openBinder()
    return await makePlan({
      pipeline: read.pipeline,
      locate: read.locate,
      loadPlugin: async ({ name }) => this.#plugins.get(name)!,
      binder: await this.#binder,
      files: {
        ...localFiles({
          own: join(this.folder, '.sillage/small'),
          dataset: async () => [],
          martOf: (name: string) => join(this.folder, 'marts', `${name}.duckdb`),
        }),
        ...this.files,
      },
      secret: () => 'secret',
      signal: new AbortController().signal,
      ...facts,
    })
  }

  /** What is told of the pipeline: `line code: message`. */
  async told(more: Parameters<SmallPlan['make']>[0] = {}): Promise<readonly string[]> {
    const { diagnostics } = await this.make(more)
    return diagnostics.map(({ line, code, message }) => `${line} ${code}: ${message}`)
  }

  /** The steps by stage. Throws where there is an error. */
  async steps(more: Parameters<SmallPlan['make']>[0] = {}): Promise<Readonly<Record<string, Step>>> {
    const { plan, diagnostics } = await this.make(more)
    if (!plan) throw new Error(diagnostics.map(({ code, message }) => `${code}: ${message}`).join('\n'))
    return Object.fromEntries(plan.steps.map((step) => [step.stage, step]))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await (await this.#binder)?.[Symbol.asyncDispose]()
    rmSync(this.folder, { recursive: true, force: true })
  }
}

function known(plugin: Plugin, proven: boolean): KnownPlugin {
  const text = Object.values(plugin).map(String).join('\n')
  return { ...describePlugin({ plugin, module: 'small.js', source: text }), url: 'file:///small.js', proven }
}
