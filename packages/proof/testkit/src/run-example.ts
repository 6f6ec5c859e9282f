import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { Database, DuckDbBinder } from '@sillage/duckdb'
import { duckdbEngine } from '@sillage/duckdb/engine'
import { readRecords } from '@sillage/inbox'
import { placeReceived } from '@sillage/inbox/testing/received'
import { inboxFolder, localFiles, runPaths } from '@sillage/ledger'
import {
  type ConnectionTypes,
  findDataset,
  findProject,
  type KnownPlugin,
  placesOf,
  readPipeline,
} from '@sillage/pipeline'
import { makePlan, type relationOf } from '@sillage/plan'
import { runPlan } from '@sillage/run'
import type { Example, ExampleRelation, Plugin } from '@sillage/sdk'
import type { JsonRow } from '@sillage/sql'
import { ExampleServer } from './example-server.ts'
import { rowsPlugin, writeRelation } from './rows-source.ts'

/** What an example made, in the shape in which examples say it. */
export interface Outcome {
  readonly rows: readonly JsonRow[]
  readonly rejects: readonly (readonly string[])[]
  readonly writes: Readonly<Record<string, string>>
  /** Codes and messages of diagnostics; with any error nothing ran. */
  readonly diagnostics: readonly string[]
  /** How the run ended: `succeeded`, or its error's code. */
  readonly ended: string
}

/**
 * Runs an example as a pipeline of its own through the real engine: spec, plan, run, with a working database in a temporary
 * folder. Inputs arrive as Parquet files.
 */
export async function runExample(
  plugin: KnownPlugin,
  example: Example,
  types: ConnectionTypes = new Map(),
): Promise<Outcome> {
  const folder = mkdtempSync(join(tmpdir(), 'sillage-example-'))
  try {
    for (const [name, content] of Object.entries(example.files ?? {})) {
      mkdirSync(dirname(join(folder, name)), { recursive: true })
      writeFileSync(join(folder, name), content)
    }
    for (const [form, lines] of Object.entries(example.received ?? {}))
      placeReceived(inboxFolder(placesOf(folder)), { form, lines })
    using server = example.serves && (await ExampleServer.open(example.serves))
    await writePipeline({ folder, plugin, example: server ? server.placedIn(example) : example })
    return await runPipeline({ folder, plugin, types })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function writePipeline({
  folder,
  plugin,
  example,
}: {
  readonly folder: string
  readonly plugin: KnownPlugin
  readonly example: Example
}): Promise<void> {
  const inputs = Object.entries(example.inputs ?? {})
  const stages: Record<string, unknown> = {}
  for (const [role, relation] of inputs) {
    const path = join(folder, `.${role}.parquet`)
    await writeRelation(path, relation as ExampleRelation)
    stages[`in_${role}`] = { uses: rowsPlugin.name, with: { path } }
  }
  const from =
    inputs.length === 0 ? {} : { from: Object.fromEntries(inputs.map(([role]) => [role, `in_${role}`])) }
  const { connection } = example
  const named = connection === undefined ? {} : { connection: 'example' }
  stages.tested = { uses: plugin.name, ...from, ...named, with: example.with }
  writeFileSync(
    join(folder, 'pipeline.yaml'),
    JSON.stringify({
      pipeline: 'example',
      as_of: example.asOf ?? '2014-05-23',
      ...(connection === undefined ? {} : { connections: { example: connection } }),
      stages,
    }),
  )
}

async function runPipeline({
  folder,
  plugin,
  types,
}: {
  readonly folder: string
  readonly plugin: KnownPlugin
  readonly types: ConnectionTypes
}): Promise<Outcome> {
  const signal = new AbortController().signal
  const registry = new Map<string, KnownPlugin>([rowsPlugin, plugin].map((one) => [one.name, one]))
  const read = await readPipeline({
    file: join(folder, 'pipeline.yaml'),
    project: await findProject(folder),
    registry,
    connectionTypes: types,
    env: {},
    params: {},
  })
  const nothing = { rows: [], rejects: [], writes: {} }
  const told = (list: readonly { readonly code: string; readonly message: string }[]): readonly string[] =>
    list.map(({ code, message }) => `${code}: ${message}`)
  if (!read.pipeline) return { ...nothing, diagnostics: told(read.diagnostics), ended: 'invalid' }
  await using binder = new DuckDbBinder()
  const { plan, diagnostics } = await makePlan({
    pipeline: read.pipeline,
    locate: read.locate,
    loadPlugin: async ({ url }) => ((await import(url)) as { default: Plugin }).default,
    binder,
    files: localFiles({
      own: join(folder, '.sillage', 'example'),
      dataset: (name) => findDataset(folder, name),
      martOf: (name) => join(folder, 'marts', `${name}.duckdb`),
    }),
    signal,
  })
  if (!plan) return { ...nothing, diagnostics: told(diagnostics), ended: 'invalid' }
  const before = new Set(filesOf(folder))
  const { run } = await runPlan({
    engine: duckdbEngine,
    plan,
    command: 'test',
    threads: 1,
    memoryBytes: 2 ** 30,
    secret: () => 'secret',
    received: (form, since) => readRecords({ inbox: inboxFolder(placesOf(folder)), form, since }),
    now: () => new Date('2026-01-01T00:00:00Z'),
    onEvent: () => {},
    signal,
  })
  const ended = run.error?.code ?? run.status
  if (plugin.style === 'sink') {
    const made = filesOf(folder).filter((file) => !before.has(file) && !/^(\.sillage|state)\b/.test(file))
    return {
      ...nothing,
      writes: Object.fromEntries(
        made.map((file) => [file, file.endsWith('.parquet') ? '' : readFileSync(join(folder, file), 'utf8')]),
      ),
      diagnostics: told(diagnostics),
      ended,
    }
  }
  return {
    ...(await readResult(folder, plugin)),
    writes: {},
    diagnostics: [...told(diagnostics), ...(run.error ? [`${run.error.code}: ${run.error.message}`] : [])],
    ended,
  }
}

async function readResult(folder: string, plugin: KnownPlugin): Promise<Pick<Outcome, 'rows' | 'rejects'>> {
  const { database: path } = runPaths({ places: placesOf(folder), pipeline: 'example' })
  await using database = await Database.open({ path, readOnly: true })
  using session = await database.session()
  const kind = plugin.name.split('/')[0] as Parameters<typeof relationOf>[0]
  const views = await session.rows<{ name: string }>(
    `select schema_name || '.' || view_name as name from duckdb_views() where view_name = 'tested'`,
  )
  const has = (name: string): boolean => views.some((view) => view.name === name)
  const rows = has(`${kind}.tested`)
    ? await session.rows(`select * exclude (_rows) from (select *, 0 as _rows from ${kind}.tested)`)
    : []
  const rejected = has('reject.tested')
    ? await session.rows<{ codes: readonly string[] }>(`select codes from reject.tested`)
    : []
  return { rows: byText(rows), rejects: rejected.map(({ codes }) => codes).sort(compareText) }
}

/** Rows in the order of their text, as examples list them. */
export function byText<T>(rows: readonly T[]): readonly T[] {
  return [...rows].sort(compareText)
}

function compareText(a: unknown, b: unknown): number {
  const [left, right] = [JSON.stringify(a), JSON.stringify(b)]
  return left < right ? -1 : left > right ? 1 : 0
}

function filesOf(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
}
