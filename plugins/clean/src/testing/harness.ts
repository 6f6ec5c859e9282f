/** Runs plugins on a real DuckDB, until the test kit's conformance suite takes over. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, relative, resolve } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import {
  type Column,
  type Example,
  type ExampleRelation,
  type Plugin,
  type Problem,
  type RejectRule,
  type SinkPlugin,
  type SourcePlugin,
  Sql,
  type SqlPlugin,
  type SqlStep,
  sql,
} from '@sillage/sdk'

type Row = Readonly<Record<string, unknown>>

export interface Bench extends AsyncDisposable {
  readonly folder: string
  readonly run: (statement: string | Sql) => Promise<void>
  readonly rows: (statement: string | Sql) => Promise<readonly Row[]>
  readonly columns: (relation: string | Sql) => Promise<readonly Column[]>
  readonly load: (name: string, relation: ExampleRelation) => Promise<void>
}

/** A scratch database and folder. */
export async function openBench(): Promise<Bench> {
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  await connection.run("set timezone = 'UTC'")
  const folder = mkdtempSync(join(tmpdir(), 'sillage-'))
  const run = async (statement: string | Sql) => {
    await connection.run(String(statement))
  }
  const rows = async (statement: string | Sql) => {
    const reader = await connection.runAndReadAll(String(statement))
    const types = reader.columnTypes().map(String)
    return reader.getRowObjectsJson().map((row) => plain(row, types))
  }
  const columns = async (relation: string | Sql) =>
    (await rows(`describe ${relation}`)).map((row) => ({
      name: String(row.column_name),
      type: String(row.column_type),
    }))
  const load = async (name: string, { columns: types, rows: values }: ExampleRelation) => {
    const declared = Object.entries(types).map(([column, type]) => `${sql.id(column)} ${type}`)
    await run(`create or replace table ${sql.id(name)} (${declared.join(', ')})`)
    for (const row of values) await run(`insert into ${sql.id(name)} values (${row.map(literal).join(', ')})`)
  }
  return {
    folder,
    run,
    rows,
    columns,
    load,
    async [Symbol.asyncDispose]() {
      connection.closeSync()
      instance.closeSync()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Compiles a SQL step over tables of the bench. */
export async function compileSql<C>(
  bench: Bench,
  plugin: SqlPlugin<C>,
  { config, tables, asOf = '2014-05-23', provenance = false }: CompileFacts<C>,
): Promise<SqlStep & { readonly problems: readonly Problem[] }> {
  const inputs: Record<string, readonly Column[]> = {}
  const relations: Record<string, Sql> = {}
  for (const [role, table] of Object.entries(tables)) {
    inputs[role] = (await bench.columns(sql.id(table))).filter(
      ({ name }) => !/^_(file|line|raw|reject|rows)$/.test(name),
    )
    relations[role] = sql.id(table)
  }
  const first = Object.keys(tables)[0]!
  const asOfSql = sql.date(asOf)
  const facts = { config, columns: inputs[first]!, inputs, asOf }
  const problems = plugin.check?.(facts) ?? []
  if (problems.some(({ severity }) => severity !== 'warning')) return { select: sql.empty, problems }
  const step = plugin.sql({
    ...facts,
    sql,
    input: relations[first]!,
    relations,
    expression: (text) => sql.trusted(`(${text.replaceAll(/\bas_of\b/g, asOfSql.text)})`),
    asOfSql,
    provenance,
  })
  return { ...(step instanceof Sql ? { select: step } : step), problems }
}

interface CompileFacts<C> {
  readonly config: C
  readonly tables: Readonly<Record<string, string>>
  readonly asOf?: string
  readonly provenance?: boolean
}

/** Accepted rows and the reasons of the refused ones. */
export async function judge(
  bench: Bench,
  { select, rejects = [] }: { readonly select: Sql; readonly rejects?: readonly RejectRule[] },
) {
  const rows = await bench.rows(select)
  const accepted = rows.filter((row) => BigInt((row._reject as number | string | undefined) ?? 0) === 0n)
  const reasons = rows.map((row) => decode(row._reject, rejects)).filter((list) => list.length > 0)
  return { rows: accepted.map(visible), rejects: reasons, all: rows }
}

function decode(mask: unknown, rejects: readonly RejectRule[]): readonly string[] {
  const bits = BigInt((mask as number | string | undefined) ?? 0)
  return rejects
    .filter((_, index) => (bits >> BigInt(index)) & 1n)
    .map(({ code, column }) => (column === undefined ? code : `${column}: ${code}`))
}

/** Runs one example and gives what it made, in the shape of the example. */
export async function runExample(
  anyPlugin: { readonly style: string },
  example: Example,
): Promise<Partial<Example>> {
  const plugin = anyPlugin as unknown as Plugin
  await using bench = await openBench()
  for (const [name, content] of Object.entries(example.files ?? {})) {
    mkdirSync(dirname(join(bench.folder, name)), { recursive: true })
    writeFileSync(join(bench.folder, name), content)
  }
  for (const [role, relation] of Object.entries(example.inputs ?? {})) await bench.load(role, relation)
  switch (plugin.style) {
    case 'source':
      return await scanExample(bench, plugin, example)
    case 'sql': {
      const tables = Object.fromEntries(Object.keys(example.inputs ?? {}).map((role) => [role, role]))
      const step = await compileSql(bench, plugin, {
        config: example.with,
        tables,
        ...(example.asOf ? { asOf: example.asOf } : {}),
      })
      if (step.problems.length > 0) throw new Error(JSON.stringify(step.problems))
      const judged = await judge(bench, step)
      return { rows: sorted(judged.rows), ...(judged.rejects.length > 0 ? { rejects: judged.rejects } : {}) }
    }
    case 'sink':
      return await sinkExample(bench, plugin, example)
    case 'batch':
    case 'model':
      throw new Error(`no driver for ${plugin.style} here`)
  }
}

export async function openScan<C>(bench: Bench, plugin: SourcePlugin<C>, config: C) {
  const scan = await plugin.scan({
    config,
    sql,
    context: {
      resolve: (path) => resolve(bench.folder, path),
      files: async (path) => {
        const patterns = Array.isArray(path) ? path : [path]
        const found: string[] = []
        for (const pattern of patterns) {
          const absolute = resolve(bench.folder, pattern)
          if (/[*?[]/.test(pattern))
            found.push(
              ...(await bench.rows(sql`select file from glob(${absolute})`)).map((row) => String(row.file)),
            )
          else if (statSync(absolute, { throwIfNoEntry: false })) found.push(absolute)
          else throw new Error(`file_not_found ${pattern}`)
        }
        return found.sort()
      },
      scratch: mkdtempSync(join(bench.folder, 'scratch-')),
      asOf: '2014-05-23',
      query: bench.rows,
      mart: (pipeline) => join(bench.folder, `${pipeline}.duckdb`),
      signal: new AbortController().signal,
    },
  })
  return scan
}

async function scanExample(bench: Bench, plugin: SourcePlugin, example: Example): Promise<Partial<Example>> {
  const scan = await openScan(bench, plugin, example.with)
  for (const file of scan.files)
    if (relative(bench.folder, file).startsWith('..')) throw new Error(`${file} is outside`)
  const rows = await bench.rows(scan.select({ provenance: false }))
  await bench.rows(scan.select({ provenance: true }))
  const refused = scan.refused ? await bench.rows(scan.refused) : []
  return {
    rows: sorted(rows),
    ...(refused.length > 0 ? { rejects: refused.map((row) => [String(row.code)]) } : {}),
  }
}

async function sinkExample(bench: Bench, plugin: SinkPlugin, example: Example): Promise<Partial<Example>> {
  const asOf = example.asOf ?? '2014-05-23'
  const columns = await bench.columns(sql`input`)
  const facts = { config: example.with, columns, inputs: { input: columns }, asOf }
  const expression = (text: string) => sql.trusted(`(${text})`)
  const payload = plugin.payload({
    ...facts,
    sql,
    input: sql.id('input'),
    relations: { input: sql.id('input') },
    expression,
    asOfSql: sql.date(asOf),
    provenance: false,
  })
  await bench.run(sql`create table payload as ${payload}`)
  if (!plugin.files) return { rows: sorted(await bench.rows(sql`select * from payload`)) }
  const context = { resolve: (path: string) => resolve(bench.folder, path), asOf }
  const made = plugin.files({
    config: example.with,
    payload: sql`payload`,
    columns: await bench.columns(sql`payload`),
    context,
    sql,
  })
  const writes: Record<string, string> = {}
  for (const file of made) {
    mkdirSync(dirname(file.path), { recursive: true })
    const options = Object.entries(file.options ?? {}).map(
      ([key, value]) => sql`, ${sql.trusted(key)} ${value}`,
    )
    await bench.run(
      sql`copy (${file.select}) to ${file.path} (format ${sql.trusted(file.format)}${sql.join(options, '')})`,
    )
    writes[relative(bench.folder, file.path)] =
      file.format === 'parquet' ? '' : readFileSync(file.path, 'utf8')
  }
  return { writes }
}

function visible(row: Row): Row {
  return Object.fromEntries(
    Object.entries(row).filter(([name]) => !/^_(file|line|raw|reject|rows)$/.test(name)),
  )
}

export function sorted(rows: readonly Row[]): readonly Row[] {
  return [...rows].sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))
}

/** Integers within 2^53 as numbers; decimals and larger integers as text. */
function plain(row: Readonly<Record<string, unknown>>, types: readonly string[]): Row {
  return Object.fromEntries(
    Object.entries(row).map(([name, value], index) => [
      name,
      typeof value === 'string' &&
      /^(U?BIGINT|U?HUGEINT)$/.test(types[index]!) &&
      Number.isSafeInteger(Number(value))
        ? Number(value)
        : value,
    ]),
  )
}

function literal(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(literal).join(', ')}]`
  return sql.literal(value as string | number | boolean | null).text
}
