import { nearest } from '@sillage/base'
import type { ParsedColumn, ParsedExpression } from '@sillage/plan'

/** Lower-case names of DuckDB's functions. */
export interface FunctionNames {
  /** Those of one row whose result depends on their arguments alone. */
  readonly stable: ReadonlySet<string>
  /** Those that take a lambda. */
  readonly lambda: ReadonlySet<string>
  readonly all: ReadonlySet<string>
}

interface TreeFacts {
  readonly text: string
  /** What `json_serialize_sql('select ' || text)` gave. */
  readonly tree: unknown
  readonly functions: FunctionNames
}

type Node = Readonly<Record<string, unknown>>

const prefixLength = 'select '.length
const readsClock = new Set([
  'current_date',
  'current_timestamp',
  'now',
  'today',
  'current_time',
  'localtime',
  'localtimestamp',
  'get_current_timestamp',
  'transaction_timestamp',
])

/** Functions whose result may be as large as a number says, and those that call others again and again. */
const growing = new Set([
  'range',
  'generate_series',
  'repeat',
  'lpad',
  'rpad',
  'list_resize',
  'array_resize',
  'format',
  'printf',
  'bar',
  'to_base',
])

/**
 * The largest parts of an expression that read no column and may grow: DuckDB works such a part out while it binds, whatever it costs,
 * and cannot be stopped meanwhile. As trees; `as_of` counts as a constant, since it becomes one.
 */
export function growingConstants(tree: unknown, { lambda }: FunctionNames): readonly object[] {
  const found: object[] = []
  const visit = (node: unknown): { readonly constant: boolean; readonly grows: boolean } => {
    if (node === null || typeof node !== 'object') return { constant: true, grows: false }
    const here = node as Node
    const parts = Object.values(here).map((part) => ({ part, ...visit(part) }))
    const name = String(here.function_name ?? '').toLowerCase()
    const reads = here.class === 'COLUMN_REF' && !isAsOf(here)
    const constant = here.class === 'LAMBDA' || (!reads && parts.every((one) => one.constant))
    const grows = parts.some((one) => one.grows) || growing.has(name) || lambda.has(name)
    if (!constant)
      for (const { part, constant: whole, grows: large } of parts)
        if (whole && large) found.push(...expressionsIn(part))
    return { constant, grows }
  }
  const whole = visit(tree)
  return whole.constant && whole.grows ? expressionsIn(tree) : found
}

function expressionsIn(part: unknown): readonly object[] {
  if (Array.isArray(part)) return part.flatMap(expressionsIn)
  if (part === null || typeof part !== 'object') return []
  return 'class' in part ? [part] : Object.values(part).flatMap(expressionsIn)
}

function isAsOf({ column_names: names }: Node): boolean {
  return Array.isArray(names) && names.length === 1 && String(names[0]).toLowerCase() === 'as_of'
}

/** Reads DuckDB's tree of a user's expression: its columns, and what makes it no scalar expression of its row. */
export function parseScalar({ text, tree, functions }: TreeFacts): ParsedExpression {
  const root = tree as {
    readonly error?: boolean
    readonly error_message?: string
    readonly statements?: readonly { readonly node: Node }[]
  }
  if (root.error || !root.statements)
    return failed(`This is no SQL expression: ${root.error_message ?? 'it does not parse'}`)
  const node = root.statements[0]?.node
  const list = (node?.select_list ?? []) as readonly Node[]
  if (root.statements.length !== 1 || !node || node.type !== 'SELECT_NODE' || list.length !== 1)
    return failed('One expression is wanted, and this is several')
  const isBare =
    (node.from_table as Node | undefined)?.type === 'EMPTY' &&
    node.where_clause === null &&
    node.having === null &&
    node.qualify === null &&
    (node.modifiers as readonly unknown[]).length === 0
  if (!isBare || /;\s*$/.test(text))
    return failed('Only an expression is wanted, without from, where or order')
  if ((list[0]!.alias as string) !== '')
    return failed('An expression takes no alias here: the key of the map names it')
  const columns: ParsedColumn[] = []
  const problems: { message: string; hint?: string }[] = []
  const bytes = Buffer.from(text)
  walk({ node: list[0]!, bound: new Set(), functions }, (inner, bound) => {
    const kind = String(inner.class)
    if (kind === 'COLUMN_REF') {
      const names = inner.column_names as readonly string[]
      if (bound.has(names[0]!.toLowerCase())) return
      const offset = bytes
        .subarray(0, Math.max(0, Number(inner.query_location) - prefixLength))
        .toString().length
      columns.push({
        name: names[0]!,
        fields: names.slice(1),
        offset,
        length: tokenLength(text.slice(offset)),
        ...(readsClock.has(names[0]!.toLowerCase()) ? { clock: true } : {}),
      })
    }
    if (kind === 'SUBQUERY')
      problems.push({
        message: 'A subquery is not allowed in an expression',
        hint: 'join the other stage with enrich/join',
      })
    if (kind === 'WINDOW')
      problems.push({
        message: 'A window function is not allowed in an expression',
        hint: 'an expression sees one row; use score/rfm or a plugin',
      })
    if (kind === 'STAR')
      problems.push({ message: 'A star is not allowed in an expression', hint: 'name the columns' })
    if (kind === 'PARAMETER')
      problems.push({
        message: 'A parameter ($1, ?) is not allowed in an expression',
        hint: 'use ${param:…}',
      })
    if (kind === 'FUNCTION') {
      const name = String(inner.function_name).toLowerCase()
      const isAgeOfNow = name === 'age' && (inner.children as readonly unknown[]).length === 1
      if (readsClock.has(name) || isAgeOfNow)
        problems.push({
          message: `${name} reads the clock`,
          hint: isAgeOfNow ? 'give it two: age(as_of, …)' : 'use as_of',
        })
      else if (!functions.stable.has(name)) problems.push(functionProblem(name, functions))
    }
  })
  return { columns, problems }
}

function functionProblem(name: string, { stable, all }: FunctionNames): { message: string; hint: string } {
  if (all.has(name))
    return {
      message: `"${name}" is no function of one row whose result depends on its arguments alone`,
      hint: 'aggregates, table functions and random values are not allowed here',
    }
  const near = nearest(name, stable)
  return {
    message: `There is no function "${name}"`,
    hint: near ? `did you mean "${near}"?` : 'scalar functions of DuckDB can be used here',
  }
}

function failed(message: string): ParsedExpression {
  return {
    columns: [],
    problems: [
      { message: message.replace(/\n[\s\S]*/, ''), hint: 'write one scalar SQL expression over the columns' },
    ],
  }
}

interface Walk {
  readonly node: unknown
  /** Lower-case names that a lambda around binds. */
  readonly bound: ReadonlySet<string>
  readonly functions: FunctionNames
  /** The function whose argument the node is, where it takes a lambda. */
  readonly takesLambda?: boolean
}

function walk(
  { node, bound, functions, takesLambda = false }: Walk,
  visit: (node: Node, bound: ReadonlySet<string>) => void,
): void {
  if (Array.isArray(node)) {
    for (const item of node) walk({ node: item, bound, functions, takesLambda }, visit)
    return
  }
  if (node === null || typeof node !== 'object') return
  const here = node as Node
  if (here.class === 'LAMBDA' && takesLambda) {
    walk({ node: here.expr, bound: new Set([...bound, ...parameters(here.lhs)]), functions }, visit)
    return
  }
  if ('class' in here) visit(here, bound)
  const isLambdaFunction =
    here.class === 'FUNCTION' && functions.lambda.has(String(here.function_name).toLowerCase())
  for (const [key, inner] of Object.entries(here))
    walk({ node: inner, bound, functions, takesLambda: isLambdaFunction && key === 'children' }, visit)
}

/** Names on the left of a lambda's arrow: one, or several in a row. */
function parameters(left: unknown): readonly string[] {
  const { column_names: names, children } = left as {
    readonly column_names?: readonly string[]
    readonly children?: readonly unknown[]
  }
  return names ? [names.at(-1)!.toLowerCase()] : (children ?? []).flatMap(parameters)
}

/** Length of the name at the start of a text, with its quotes. */
function tokenLength(text: string): number {
  return (/^"(?:[^"]|"")*"|^[\p{L}\p{N}_$]+/u.exec(text)?.[0] ?? '').length
}
