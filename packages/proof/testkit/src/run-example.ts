import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { duckdbEngine } from '@sillage/duckdb/engine'
import { placeReceived } from '@sillage/inbox/testing/received'
import { inboxFolder } from '@sillage/ledger'
import { type ConnectionTypes, type KnownPlugin, placesOf } from '@sillage/pipeline'
import type { Plan } from '@sillage/plan'
import type { Example, ExampleRelation } from '@sillage/sdk'
import { type JsonRow, sql } from '@sillage/sql'
import type { Engine } from '@sillage/steps'
import { ExampleServer } from './example-server.ts'
import { lookInto, type Project, planProject, runProject } from './project.ts'
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
 * Runs an example as a pipeline of its own through an engine: spec, plan, run, with a working store in a temporary
 * folder. Inputs arrive as Parquet files.
 */
export async function runExample(
  plugin: KnownPlugin,
  example: Example,
  {
    engine = duckdbEngine,
    types = new Map(),
  }: { readonly engine?: Engine; readonly types?: ConnectionTypes } = {},
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
    const registry = new Map([rowsPlugin, plugin].map((one) => [one.name, one]))
    return await runPipeline({ folder, registry, engine, types }, plugin)
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

async function runPipeline(project: Project, plugin: KnownPlugin): Promise<Outcome> {
  const { folder } = project
  const nothing = { rows: [], rejects: [], writes: {} }
  const { plan, diagnostics } = await planProject(project)
  if (!plan) return { ...nothing, diagnostics, ended: 'invalid' }
  const before = new Set(filesOf(folder))
  const run = await runProject(project, plan)
  const ended = run.error?.code ?? run.status
  const told = [...diagnostics, ...(run.error ? [`${run.error.code}: ${run.error.message}`] : [])]
  if (plugin.style !== 'sink')
    return { ...(await readResult(project, plan)), writes: {}, diagnostics: told, ended }
  const made = filesOf(folder).filter((file) => !before.has(file) && !/^(\.sillage|state)\b/.test(file))
  const writes = made.map((file) => [
    file,
    file.endsWith('.parquet') ? '' : readFileSync(join(folder, file), 'utf8'),
  ])
  return { ...nothing, writes: Object.fromEntries(writes), diagnostics: told, ended }
}

async function readResult(project: Project, plan: Plan): Promise<Pick<Outcome, 'rows' | 'rejects'>> {
  return await lookInto(project, plan, async ({ session }) => {
    const views = await session.rows<{ schema: string; name: string }>(
      `select schema_name as schema, view_name as name from duckdb_views() where view_name = 'tested' and schema_name <> 'step'`,
    )
    const shown = views.find(({ schema }) => schema !== 'reject')
    const rows = shown
      ? await session.rows(
          `select * exclude (_rows) from (select *, 0 as _rows from ${sql.id(shown.schema, shown.name).text})`,
        )
      : []
    const rejected = views.some(({ schema }) => schema === 'reject')
      ? await session.rows<{ codes: readonly string[] }>(`select codes from reject.tested`)
      : []
    return { rows: byText(rows), rejects: rejected.map(({ codes }) => codes).sort(compareText) }
  })
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
