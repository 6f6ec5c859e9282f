import type { Binder, DescribeRequest, ParsedExpression } from '@sillage/plan'
import { type Column, sql } from '@sillage/sql'
import { Database } from './database.ts'
import { duckDbVersion } from './duckdb-version.ts'
import { type FunctionNames, parseScalar } from './expression-tree.ts'
import type { JsonRow } from './json-value.ts'
import type { Session } from './session.ts'

/** Called consistent by DuckDB, but they read the session or the machine. */
const readsSession =
  "('getenv', 'getvariable', 'current_setting', 'nextval', 'currval', 'random', 'uuid', 'current_schema', 'current_schemas', 'current_catalog', 'current_database', 'current_user', 'version', 'error')"

/** Asks a scratch in-memory DuckDB, opened at the first question. */
export class DuckDbBinder implements Binder, AsyncDisposable {
  #scratch: Promise<{ readonly database: Database; readonly session: Session }> | undefined
  #functions: FunctionNames | undefined
  readonly version = duckDbVersion()
  readonly #attached = new Set<string>()
  readonly #shapes = new Map<string, string>()

  async describe({ select, relations, attach }: DescribeRequest): Promise<readonly Column[]> {
    const { session } = await this.#open()
    if (attach && !this.#attached.has(attach.alias)) {
      await session.run(`attach ${sql.literal(attach.path).text} as ${sql.id(attach.alias).text} (read_only)`)
      this.#attached.add(attach.alias)
    }
    for (const { schema, table, columns } of relations) {
      const name = sql.id(schema, table).text
      const body = columns.map((column) => `${sql.id(column.name).text} ${column.type}`).join(', ')
      if (this.#shapes.get(name) === body) continue
      await session.run(`create schema if not exists ${sql.id(schema).text}`)
      await session.run(`create or replace table ${name} (${body})`)
      this.#shapes.set(name, body)
    }
    const rows = await session.rows<{ column_name: string; column_type: string }>(`describe ${select}`)
    return rows.map((row) => ({ name: row.column_name, type: row.column_type }))
  }

  async parseExpression(text: string): Promise<ParsedExpression> {
    const { session } = await this.#open()
    this.#functions ??= await functionNames(session)
    const { tree } = await session.row<{ tree: string }>(
      `select json_serialize_sql(${sql.literal(`select ${text}\n`).text}) as tree`,
    )
    return parseScalar({ text, tree: JSON.parse(tree) as unknown, functions: this.#functions })
  }

  async parseSelect(select: string): Promise<unknown> {
    const { session } = await this.#open()
    const { tree } = await session.row<{ tree: string }>(
      `select json_serialize_sql(${sql.literal(select).text}) as tree`,
    )
    return JSON.parse(tree) as unknown
  }

  async query(statement: string): Promise<readonly JsonRow[]> {
    const { session } = await this.#open()
    return session.rows(statement)
  }

  remember: Binder['remember'] = async (_, ask) => ask()

  async [Symbol.asyncDispose](): Promise<void> {
    const open = await this.#scratch
    open?.session[Symbol.dispose]()
    await open?.database[Symbol.asyncDispose]()
  }

  #open() {
    this.#scratch ??= Database.open({ path: ':memory:', threads: 2 }).then(async (database) => ({
      database,
      session: await database.session(),
    }))
    return this.#scratch
  }
}

async function functionNames(session: Session): Promise<FunctionNames> {
  const rows = await session.rows<{ name: string; stable: boolean; lambda: boolean }>(`
    select
      lower(function_name) as name,
      bool_or(function_type in ('scalar', 'macro') and coalesce(stability, 'CONSISTENT') = 'CONSISTENT' and function_name not in ${readsSession}) as stable,
      coalesce(bool_or(list_contains(parameter_types, 'LAMBDA')), false) as lambda
    from duckdb_functions()
    group by 1`)
  const names = (keep: (row: (typeof rows)[number]) => boolean): ReadonlySet<string> =>
    new Set(rows.filter(keep).map((row) => row.name))
  return { all: names(() => true), stable: names((row) => row.stable), lambda: names((row) => row.lambda) }
}
