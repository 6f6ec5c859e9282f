import type { ShapedRelation } from './ports.ts'

/**
 * What of a person a value holds: `copy`, a value as it was or reckoned from it; `text`, what a function made of it, which is personal where it is text,
 * a list of texts or a date; none where it tells of many, or is only true or false.
 */
type Held = 'copy' | 'text' | undefined
interface Made {
  readonly name: string
  readonly held: Held
}
interface Source {
  readonly names: ReadonlySet<string>
  readonly columns: readonly Made[]
  /** Of columns that are not known one by one. */
  readonly rest?: Held
}
type Node = Readonly<Record<string, unknown>>
interface Scope {
  readonly sources: readonly Source[]
  /** Of the selects around it, which a correlated or lateral one may read too. */
  readonly outer: readonly Source[]
  readonly tables: ReadonlyMap<string, readonly Made[]>
}

/** Aggregates and ranks: figures over rows, of nobody alone. */
const figures =
  /^(count|count_star|count_if|countif|approx_count_distinct|f?sum|sum_no_overflow|sumkahan|kahan_sum|f?avg|mean|product|stddev\w*|var_\w+|variance|corr|covar_\w+|regr_\w+|skewness|kurtosis\w*|entropy|bool_and|bool_or|bit_(and|or|xor)|row_number|rank|dense_rank|rank_dense|ntile|percent_rank|cume_dist)$/
const copies =
  /^([-+*/%]|\/\/|min|max|first|last|any_value|arbitrary|first_value|last_value|nth_value|lag|lead|list|array_agg|ifnull|nullif|greatest|least|round|floor|ceil|ceiling|trunc|abs|hash|unnest|list_extract|array_extract|struct_extract|element_at|list_value|struct_pack|row)$/
/** Only their first argument goes on. */
const ofFirst = /^(arg_min|arg_max|argmin|argmax|min_by|max_by|arg_min_null|arg_max_null|lag|lead|nth_value)$/
const textual = /VARCHAR|JSON|BLOB|UUID|DATE|TIMESTAMP|ENUM/

/**
 * Which columns of a select hold personal values of the relations that it reads, by place. `tree` is what DuckDB's `json_serialize_sql` gives.
 * Undefined where the columns cannot be told one by one.
 */
export function personalColumns(
  tree: unknown,
  { relations, types }: { readonly relations: readonly ShapedRelation[]; readonly types: readonly string[] },
): readonly boolean[] | undefined {
  const root = (tree as { readonly statements?: readonly { readonly node: Node }[] }).statements?.[0]?.node
  if (root === undefined) return undefined
  const tables = new Map(
    relations.map(({ schema, table, columns }) => [
      `${schema}.${table}`.toLowerCase(),
      columns.map(({ name, personal }): Made => ({ name, held: personal ? 'copy' : undefined })),
    ]),
  )
  const made = query(root, { tables, outer: [] })
  if (made.length !== types.length) return undefined
  return made.map(({ held }, index) =>
    held === 'copy' ? types[index] !== 'BOOLEAN' : held === 'text' && textual.test(types[index]!),
  )
}

type Around = Omit<Scope, 'sources'>

function query(node: Node, { tables: before, outer }: Around): readonly Made[] {
  let tables = before
  for (const { key, value } of nodes((node.cte_map as Node | undefined)?.map)) {
    const { aliases, query: inner } = value as { readonly aliases?: readonly string[]; readonly query: Node }
    tables = new Map([
      ...tables,
      [String(key).toLowerCase(), renamed(query(inner.node as Node, { tables, outer }), aliases)],
    ])
  }
  switch (node.type) {
    case 'SELECT_NODE': {
      const scope = { sources: from(node.from_table as Node | null, { tables, outer }), tables, outer }
      return nodes(node.select_list).flatMap((item) => selected(item, scope))
    }
    case 'SET_OPERATION_NODE': {
      const parts = node.left ? [node.left as Node, node.right as Node] : nodes(node.children)
      return united(
        parts.map((part) => query(part, { tables, outer })),
        String(node.setop_type).includes('BY_NAME'),
      )
    }
    case 'RECURSIVE_CTE_NODE': {
      const name = String(node.cte_name).toLowerCase()
      const first = query(node.left as Node, { tables, outer })
      const again = query(node.right as Node, { tables: new Map([...tables, [name, first]]), outer })
      return united([first, again], false)
    }
    case 'CTE_NODE': {
      const inner = query(node.query as Node, { tables, outer })
      const named = new Map([...tables, [String(node.cte_name).toLowerCase(), inner] as const])
      return query(node.child as Node, { tables: named, outer })
    }
    default:
      return []
  }
}

function united(parts: readonly (readonly Made[])[], byName: boolean): readonly Made[] {
  const [first = [], ...others] = parts
  if (!byName)
    return first.map((column, index) => ({
      ...column,
      held: most([column.held, ...others.map((other) => other[index]?.held)]),
    }))
  const names = [...new Set(parts.flat().map(({ name }) => name))]
  return names.map((name) => ({
    name,
    held: most(parts.flat().flatMap((column) => (column.name === name ? [column.held] : []))),
  }))
}

function from(node: Node | null, { tables, outer }: Around): readonly Source[] {
  if (node === null || node === undefined) return []
  const alias = String(node.alias ?? '').toLowerCase()
  const aliases = node.column_name_alias as readonly string[] | undefined
  switch (node.type) {
    case 'BASE_TABLE': {
      const table = String(node.table_name).toLowerCase()
      const columns =
        tables.get(`${String(node.schema_name).toLowerCase()}.${table}`) ??
        (node.schema_name ? undefined : tables.get(table)) ??
        []
      return [{ names: new Set([alias || table]), columns: renamed(columns, aliases) }]
    }
    case 'SUBQUERY': {
      const columns = query((node.subquery as Node).node as Node, { tables, outer })
      return [{ names: new Set([alias]), columns: renamed(columns, aliases) }]
    }
    case 'JOIN': {
      const left = from(node.left as Node, { tables, outer })
      const sides = [...left, ...from(node.right as Node, { tables, outer: [...left, ...outer] })]
      const using = new Set(
        ((node.using_columns as readonly string[]) ?? []).map((name) => name.toLowerCase()),
      )
      if (using.size === 0) return sides
      const seen = new Set<string>()
      return sides.map((side) => ({
        ...side,
        columns: side.columns.filter(({ name }) => {
          const isShared = using.has(name.toLowerCase())
          if (!isShared || !seen.has(name.toLowerCase())) {
            if (isShared) seen.add(name.toLowerCase())
            return true
          }
          return false
        }),
      }))
    }
    case 'EXPRESSION_LIST': {
      const rows = node.values as readonly (readonly Node[])[]
      const width = rows[0]?.length ?? 0
      const columns = Array.from({ length: width }, (_, index) => ({ name: `col${index}`, held: undefined }))
      return [{ names: new Set([alias]), columns: renamed(columns, aliases) }]
    }
    case 'EMPTY':
    case 'EMPTY_FROM':
      return []
    default: {
      // A table function or a pivot: what it is given may be in each column of it.
      const inner = node.source ? from(node.source as Node, { tables, outer }) : []
      const scope = { sources: inner, tables, outer }
      const given = most([
        ...inner.flatMap(({ columns }) => columns.map(({ held }) => held)),
        ...(node.function ? [held(node.function as Node, scope)] : []),
      ])
      return [{ names: new Set([alias]), columns: [], rest: given }]
    }
  }
}

function renamed(columns: readonly Made[], aliases: readonly string[] = []): readonly Made[] {
  return columns.map((column, index) => ({ ...column, name: aliases[index] ?? column.name }))
}

function selected(item: Node, scope: Scope): readonly Made[] {
  if (item.class !== 'STAR') {
    const names = item.column_names as readonly string[] | undefined
    return [{ name: String(item.alias || names?.at(-1) || ''), held: held(item, scope) }]
  }
  const relation = String(item.relation_name ?? '').toLowerCase()
  const left = new Set(
    ((item.exclude_list ?? []) as readonly unknown[]).map((one) =>
      (typeof one === 'string' ? one : String((one as Node).column ?? (one as Node).name)).toLowerCase(),
    ),
  )
  const replaced = new Map(
    nodes(item.replace_list).map(({ key, value }) => [String(key).toLowerCase(), value as Node]),
  )
  const sources = relation === '' ? scope.sources : scope.sources.filter(({ names }) => names.has(relation))
  return sources
    .flatMap(({ columns }) => columns)
    .filter(({ name }) => !left.has(name.toLowerCase()))
    .map((column) => {
      const by = replaced.get(column.name.toLowerCase())
      return by === undefined ? column : { name: column.name, held: held(by, scope) }
    })
}

function held(node: Node | null | undefined, scope: Scope): Held {
  if (node === null || node === undefined) return undefined
  const children = nodes(node.children)
  const ofAll = (parts: readonly (Node | null | undefined)[]): Held =>
    most(parts.map((part) => held(part, scope)))
  switch (node.class) {
    case 'COLUMN_REF':
      return column(node.column_names as readonly string[], scope)
    case 'CAST':
      return held(node.child as Node, scope)
    case 'CASE':
      return ofAll([
        ...nodes(node.case_checks).map(({ then_expr }) => then_expr as Node),
        node.else_expr as Node,
      ])
    case 'OPERATOR':
      return /NOT|NULL|IN$|COMPARE/.test(String(node.type)) ? undefined : ofAll(children)
    case 'COLLATE':
      return held(node.child as Node, scope)
    case 'FUNCTION':
    case 'WINDOW': {
      const name = String(node.function_name).toLowerCase()
      if (figures.test(name)) return undefined
      const given = ofAll(ofFirst.test(name) ? children.slice(0, 1) : children)
      return given !== undefined && !copies.test(name) && !ofFirst.test(name) ? 'text' : given
    }
    case 'LAMBDA':
      return held(node.expr as Node, scope)
    case 'SUBQUERY': {
      if (node.subquery_type !== 'SCALAR') return undefined
      const around = { tables: scope.tables, outer: [...scope.sources, ...scope.outer] }
      return most(query((node.subquery as Node).node as Node, around).map((one) => one.held))
    }
    default:
      return undefined
  }
}

/** A column, also through its relation (`l.email`), or a field of it. */
function column(names: readonly string[], { sources, outer }: Scope): Held {
  const inside = columnOf(names, sources)
  if (inside !== 'unknown') return inside
  const around = columnOf(names, outer)
  return most([
    ...sources.map(({ rest }) => rest),
    ...(around === 'unknown' ? outer.map(({ rest }) => rest) : [around]),
  ])
}

function columnOf(names: readonly string[], sources: readonly Source[]): Held | 'unknown' {
  const [first, second] = names.map((name) => name.toLowerCase())
  const named = (own: readonly Source[], wanted: string): Held | 'unknown' => {
    const found = own.flatMap(({ columns }) =>
      columns.filter(({ name }) => name.toLowerCase() === wanted).map((one) => one.held),
    )
    return found.length > 0 ? most(found) : 'unknown'
  }
  if (second !== undefined) {
    const own = sources.filter((source) => source.names.has(first!))
    const inside = own.length > 0 ? named(own, second) : 'unknown'
    if (inside !== 'unknown') return inside
  }
  const plain = named(sources, first!)
  if (plain !== 'unknown') return plain
  const whole = sources.filter((source) => source.names.has(first!))
  if (whole.length > 0)
    return most(whole.flatMap(({ columns, rest }) => [rest, ...columns.map((one) => one.held)]))
  return 'unknown'
}

function most(all: readonly Held[]): Held {
  return all.includes('copy') ? 'copy' : all.includes('text') ? 'text' : undefined
}

function nodes(value: unknown): readonly Node[] {
  return (Array.isArray(value) ? value : []) as readonly Node[]
}
