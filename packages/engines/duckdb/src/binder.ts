import type { Binder, DescribeRequest, ParsedExpression } from '@sillage/plan'
import type { JsonRow } from '@sillage/sql'
import { type Column, sql } from '@sillage/sql'
import { canWorkOut, longestMs } from './constant-work.ts'
import { Database } from './database.ts'
import { duckDbVersion } from './duckdb-version.ts'
import { type FunctionNames, growingConstants, parseScalar } from './expression-tree.ts'
import type { Session } from './session.ts'

/** Called consistent by DuckDB or said nothing of, but they read the session, the clock, the catalog or the machine. */
const readsSession = [
  'ago|error|getenv|getvariable|nextval|currval|random|uuid|user|version|stats',
  '(current|session|local|inet|get|txid|has|in)_.*',
  '(col|obj|shobj)_description|format_type|json_serialize_plan|parse_duckdb_log_message',
  'pg_(?:[^ts].*|t[^y].*|s[^i].*)',
].join('|')
/** Functions that keep the names of `readsSession` but read their arguments alone. */
const readsArguments = ['get_bit', 'get_type', 'has_any', 'has_all']

/** Stands for `as_of` where a constant part is tried. */
const anyDay = "date '2100-01-01'"

/** Where nothing is known DuckDB writes a number that JavaScript cannot hold. */
function withoutLocations(key: string, value: unknown): unknown {
  return key === 'query_location' ? 0 : value
}

interface ExpressionTree {
  readonly statements: readonly [{ readonly node: { readonly select_list: readonly unknown[] } }]
}

/** Asks a scratch in-memory DuckDB, opened at the first question. */
export class DuckDbBinder implements Binder, AsyncDisposable {
  #scratch: Promise<{ readonly database: Database; readonly session: Session }> | undefined
  #functions: FunctionNames | undefined
  readonly version = duckDbVersion()
  readonly #attached = new Set<string>()
  readonly #shapes = new Map<string, string>()
  readonly #constantMs: number

  /** `constantMs`: how long a constant part of an expression may take to work out. */
  constructor({ constantMs = longestMs }: { readonly constantMs?: number } = {}) {
    this.#constantMs = constantMs
  }

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
    const parsed = parseScalar({ text, tree: JSON.parse(tree) as unknown, functions: this.#functions })
    if (parsed.problems.length > 0) return parsed
    const slow = await this.#tooMuchWork(session, JSON.parse(tree) as ExpressionTree)
    return slow ? { ...parsed, problems: [slow] } : parsed
  }

  /** Tries the constant parts that may grow in a process of their own, before this one binds them. */
  async #tooMuchWork(
    session: Session,
    tree: ExpressionTree,
  ): Promise<ParsedExpression['problems'][number] | undefined> {
    const [statement] = tree.statements
    const parts = growingConstants(statement.node.select_list[0], this.#functions!)
    if (parts.length === 0) return undefined
    const alone = { ...tree, statements: [{ ...statement, node: { ...statement.node, select_list: parts } }] }
    const { text } = await session.row<{ text: string }>(
      `select json_deserialize_sql(${sql.literal(JSON.stringify(alone, withoutLocations)).text}) as "text"`,
    )
    if (await canWorkOut(text.replaceAll(/\bas_of\b/gi, anyDay), this.#constantMs)) return undefined
    return {
      message: 'A constant part of this expression takes too long to work out, or too much memory',
      hint: 'write its result, or smaller numbers: range, repeat and their kin make as much as they are told to',
    }
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
      coalesce(bool_and(
        coalesce(stability, 'CONSISTENT') = 'CONSISTENT'
        and not regexp_matches(coalesce(macro_definition, ''), '(?i)\\b(select|current_\\w+|pg_\\w+)\\b')
        and (not regexp_full_match(function_name, ${sql.literal(readsSession).text}) or function_name in (${sql.join(readsArguments.map((name) => sql.literal(name))).text}))
      ) filter (function_type in ('scalar', 'macro')), false) as stable,
      coalesce(bool_or(list_contains(parameter_types, 'LAMBDA')), false) as lambda
    from duckdb_functions()
    group by 1`)
  const names = (keep: (row: (typeof rows)[number]) => boolean): ReadonlySet<string> =>
    new Set(rows.filter(keep).map((row) => row.name))
  return { all: names(() => true), stable: names((row) => row.stable), lambda: names((row) => row.lambda) }
}
