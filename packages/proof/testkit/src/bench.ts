import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { Database } from '@sillage/duckdb'
import { findFiles } from '@sillage/ledger'
import { findDataset } from '@sillage/pipeline'
import {
  type Column,
  type ExampleRelation,
  type Problem,
  type RejectRule,
  type Scan,
  type ScanSource,
  Sql,
  type SqlPlugin,
  type SqlStep,
  sql,
} from '@sillage/sdk'
import type { JsonRow } from '@sillage/sql'
import { writeRelation } from './rows-source.ts'

/** A scratch database and folder, for tests that look at the SQL of one plugin. Close it by `await using`. */
export interface Bench extends AsyncDisposable {
  readonly folder: string
  readonly run: (statement: string | Sql) => Promise<void>
  readonly rows: (statement: string | Sql) => Promise<readonly JsonRow[]>
  readonly columns: (relation: string | Sql) => Promise<readonly Column[]>
  /** Makes a table of the rows. */
  readonly load: (name: string, relation: ExampleRelation) => Promise<void>
}

export async function openBench(): Promise<Bench> {
  const database = await Database.open({ path: ':memory:' })
  const session = await database.session()
  const folder = mkdtempSync(join(tmpdir(), 'sillage-bench-'))
  const rows = async (statement: string | Sql): Promise<readonly JsonRow[]> => session.rows(String(statement))
  const run = async (statement: string | Sql): Promise<void> => session.run(String(statement))
  return {
    folder,
    run,
    rows,
    columns: async (relation) =>
      (await rows(`describe ${relation}`)).map((row) => ({
        name: String(row.column_name),
        type: String(row.column_type),
      })),
    load: async (name, relation) => {
      const path = join(folder, `${name}.parquet`)
      await writeRelation(path, relation)
      await run(sql`create or replace table ${sql.id(name)} as select * from read_parquet(${path})`)
      rmSync(path)
    },
    async [Symbol.asyncDispose]() {
      session[Symbol.dispose]()
      await database[Symbol.asyncDispose]()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

interface CompileFacts<C> {
  readonly config: C
  /** Tables of the bench by role. */
  readonly tables: Readonly<Record<string, string>>
  readonly asOf?: string
  readonly provenance?: boolean
  readonly carries?: boolean
}

const reserved = /^_(file|line|raw|reject|rows)$/

/** What a plugin finds in a configuration and, where that is no error, the statement that it makes. */
export async function compileSql<C>(
  bench: Bench,
  plugin: SqlPlugin<C>,
  { config, tables, asOf = '2014-05-23', provenance = false, carries = false }: CompileFacts<C>,
): Promise<SqlStep & { readonly problems: readonly Problem[] }> {
  const inputs: Record<string, readonly Column[]> = {}
  const relations: Record<string, Sql> = {}
  for (const [role, table] of Object.entries(tables)) {
    inputs[role] = (await bench.columns(sql.id(table))).filter(({ name }) => !reserved.test(name))
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
    carries,
  })
  return { ...(step instanceof Sql ? { select: step } : step), problems }
}

/** The rows of a step: those accepted without reserved columns, the reasons of the others as `column: code`, and all as they are. */
export async function judge(
  bench: Bench,
  { select, rejects = [] }: { readonly select: Sql; readonly rejects?: readonly RejectRule[] },
): Promise<{
  readonly rows: readonly JsonRow[]
  readonly rejects: readonly (readonly string[])[]
  readonly all: readonly JsonRow[]
}> {
  const all = await bench.rows(select)
  const reasons = all.map((row) => decode(BigInt(String(row._reject ?? 0)), rejects))
  return {
    rows: all.filter((_, index) => reasons[index]!.length === 0).map(visible),
    rejects: reasons.filter((list) => list.length > 0),
    all,
  }
}

/** Lets a source look at files of the bench's folder. */
export async function openScan<C>(bench: Bench, plugin: ScanSource<C, never>, config: C): Promise<Scan> {
  return plugin.scan({
    config,
    sql,
    context: {
      resolve: (path) => resolve(bench.folder, path),
      files: async (place) =>
        typeof place === 'object' && 'dataset' in place
          ? findDataset(bench.folder, place.dataset)
          : findFiles(place, bench.folder),
      scratch: mkdtempSync(join(bench.folder, 'scratch-')),
      asOf: '2014-05-23',
      query: bench.rows,
      remember: async (_what, _file, ask) => ask(),
      previous: async () => undefined,
      mart: (pipeline) => join(bench.folder, `${pipeline}.duckdb`),
      signal: new AbortController().signal,
    },
  })
}

function decode(mask: bigint, rejects: readonly RejectRule[]): readonly string[] {
  return rejects
    .filter((_, index) => (mask >> BigInt(index)) & 1n)
    .map(({ code, column }) => (column === undefined ? code : `${column}: ${code}`))
}

function visible(row: JsonRow): JsonRow {
  return Object.fromEntries(Object.entries(row).filter(([name]) => !reserved.test(name)))
}
