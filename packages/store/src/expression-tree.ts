import { nearest } from '@sillage/base'
import type { ParsedExpression } from '@sillage/plan'

interface TreeFacts {
  readonly text: string
  /** What `json_serialize_sql('select ' || text)` gave. */
  readonly tree: unknown
  /** Lower-case names of functions whose result depends on their arguments alone. */
  readonly stable: ReadonlySet<string>
}

type Node = Readonly<Record<string, unknown>>

const prefixLength = 'select '.length
const sameEveryTime = new Set([
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

/** Reads DuckDB's tree of a user's expression: its columns, and what makes it no scalar expression of its row. */
export function parseScalar({ text, tree, stable }: TreeFacts): ParsedExpression {
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
  const columns: { name: string; offset: number; length: number }[] = []
  const problems: { message: string; hint?: string }[] = []
  const bytes = Buffer.from(text)
  walk(list[0]!, (inner) => {
    const kind = String(inner.class)
    if (kind === 'COLUMN_REF') {
      const names = inner.column_names as readonly string[]
      const offset = bytes
        .subarray(0, Math.max(0, Number(inner.query_location) - prefixLength))
        .toString().length
      columns.push({ name: names.at(-1)!, offset, length: tokenLength(text.slice(offset)) })
      if (names.length > 1)
        problems.push({
          message: `"${names.join('.')}" names a relation; an expression sees one row`,
          hint: `write ${names.at(-1)}; for a field of a struct write ${names[0]}['${names.at(-1)}']`,
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
      if (sameEveryTime.has(name)) problems.push({ message: `${name} reads the clock`, hint: 'use as_of' })
      else if (!stable.has(name)) problems.push(functionProblem(name, stable))
    }
  })
  return { columns, problems }
}

function functionProblem(name: string, stable: ReadonlySet<string>): { message: string; hint?: string } {
  const near = nearest(name, stable)
  return {
    message: `"${name}" is no function of one row whose result depends on its arguments alone`,
    hint: near
      ? `did you mean "${near}"?`
      : 'aggregates, table functions and random values are not allowed here',
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

function walk(node: unknown, visit: (node: Node) => void): void {
  if (Array.isArray(node)) for (const item of node) walk(item, visit)
  else if (node !== null && typeof node === 'object') {
    if ('class' in node) visit(node as Node)
    for (const inner of Object.values(node)) walk(inner, visit)
  }
}

/** Length of the name at the start of a text, with its quotes. */
function tokenLength(text: string): number {
  return (/^"(?:[^"]|"")*"|^[\p{L}\p{N}_$]+/u.exec(text)?.[0] ?? '').length
}
