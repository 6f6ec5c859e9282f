import {
  type Column,
  defineSql,
  type Problem,
  type Sql,
  type SqlFacts,
  type SqlStep,
  type Static,
  sql,
  t,
} from '@sillage/sdk'

const config = t.object({
  keys: t.list(t.columns(), {
    minItems: 1,
    description:
      'Sets of columns. Rows that agree in every column of one set are the same; a set with a null says nothing. Chains count: a = b by e-mail and b = c by phone makes one.',
    examples: [[['email'], ['phone']]],
  }),
  order: t.optional(
    t.list(t.object({ by: t.column(), descending: t.optional(t.boolean({ default: false })) }), {
      minItems: 1,
      description: 'Which row stays: the first in this order, then by all columns.',
    }),
  ),
  fill: t.optional(
    t.boolean({
      default: false,
      description: 'Fill the nulls of the row that stays from the others, in that order.',
    }),
  ),
  id: t.optional(
    t.column({
      description: 'A column that names each row: the ids of the merged rows are then listed in `into`.',
    }),
  ),
  into: t.optional(t.newColumn({ description: 'The column of the merged ids.', default: 'merged' })),
})
type Config = Static<typeof config>

export default defineSql<Config>({
  name: 'clean/dedupe',
  summary: 'Makes one row of the rows that share a key.',
  description: `
Exact keys only: normalise them first (clean/contacts). Rows without any whole key stay as they are. With \`id\`, the output
\`<stage>.merged\` has a row for each merged row: its id and the id of the row that stayed.`,
  config,
  rows: 'merge',
  incremental: 'whole',
  outputs: { merged: 'with `id`: each merged row and the one that stayed (`merged_id`, `kept_id`)' },
  examples: [
    {
      title: 'One row a customer, the last one',
      with: { keys: [['customer']], order: [{ by: 'day', descending: true }] },
      inputs: {
        input: {
          columns: { customer: 'varchar', day: 'date', city: 'varchar' },
          rows: [
            ['a', '2014-01-01', 'Lyon'],
            ['a', '2014-03-01', 'Dax'],
            [null, '2014-02-01', 'Metz'],
            [null, '2014-02-01', 'Metz'],
          ],
        },
      },
      rows: [
        { customer: 'a', day: '2014-03-01', city: 'Dax' },
        { customer: null, day: '2014-02-01', city: 'Metz' },
        { customer: null, day: '2014-02-01', city: 'Metz' },
      ],
    },
    {
      title: 'By e-mail or phone, through a chain, filling what is missing',
      with: { keys: [['email'], ['phone']], order: [{ by: 'id' }], fill: true, id: 'id' },
      inputs: {
        input: {
          columns: { id: 'integer', email: 'varchar', phone: 'varchar', name: 'varchar' },
          rows: [
            [1, 'zoe@a.example', null, null],
            [2, 'zoe@a.example', '+33639980001', 'Zoé'],
            [3, null, '+33639980001', 'Zoe D.'],
            [4, 'luc@b.example', null, 'Luc'],
          ],
        },
      },
      rows: [
        { id: 1, email: 'zoe@a.example', phone: '+33639980001', name: 'Zoé', merged: [2, 3] },
        { id: 4, email: 'luc@b.example', phone: null, name: 'Luc', merged: [] },
      ],
    },
  ],
  check: ({ config: options, columns }): readonly Problem[] => {
    const into = options.into ?? 'merged'
    if (options.id === undefined || !columns.some((column) => column.name === into)) return []
    return [
      {
        path: ['into'],
        code: 'column_taken',
        message: `The input has a column "${into}" already`,
        hint: 'choose another name',
      },
    ]
  },
  sql: compile,
})

/** Numbers the rows in the order in which they stay, finds the groups, and keeps the first row of each. */
function compile({ config: options, columns, input }: SqlFacts<Config>): Sql | SqlStep {
  const names = columns.map((column) => sql.id(column.name))
  const order = [
    ...(options.order ?? []).map(
      ({ by, descending }) => sql`${sql.id(by)} ${sql.trusted(descending ? 'desc' : 'asc')} nulls last`,
    ),
    ...names.map((name) => sql`${name} nulls last`),
  ]
  const numbered = sql`select *, row_number() over (order by ${sql.join(order)}) as _place from ${input}`
  const groups = options.keys.length === 1 ? oneKey(options.keys[0]!) : manyKeys(options.keys)
  const ids =
    options.id === undefined
      ? undefined
      : sql`list(${sql.id(options.id)} order by _place) filter (where _place <> _group) as ${sql.id(options.into ?? 'merged')}`
  const kept = options.fill ? filled(columns, options, ids) : first(names, options, ids)
  const select = sql`
    with${sql.trusted(options.keys.length > 1 ? ' recursive' : '')} numbered as (
      ${numbered}
    ),
    ${groups}
    ${kept}
  `
  if (options.id === undefined) return select
  const id = sql.id(options.id)
  return {
    select,
    outputs: (self) => ({
      merged: sql`select unnest(${sql.id(options.into ?? 'merged')}) as merged_id, ${id} as kept_id from ${self}`,
    }),
  }
}

/** The group of a row is the place of its first row. */
function oneKey(key: readonly string[]): Sql {
  const whole = sql.join(
    key.map((name) => sql`${sql.id(name)} is not null`),
    ' and ',
  )
  return sql`
    grouped as (
      select *, case when ${whole} then min(_place) over (partition by ${sql.join(key.map((name) => sql.id(name)))}) else _place end as _group
      from numbered
    )
  `
}

/**
 * Connected components: each row hangs on the first row of each of its keys, and the smallest place travels along these edges until
 * nothing changes. \`using key\` keeps one label a row, so a round costs only what changed.
 */
function manyKeys(keys: readonly (readonly string[])[]): Sql {
  const stars = keys.map((key) => {
    const whole = sql.join(
      key.map((name) => sql`${sql.id(name)} is not null`),
      ' and ',
    )
    return sql`select _place as a, min(_place) over (partition by ${sql.join(key.map((name) => sql.id(name)))}) as b from numbered where ${whole}`
  })
  return sql`
    stars as (
      select a, b from (${sql.join(stars, ' union all ')}) where a <> b
    ),
    edges as (
      select a, b from stars union select b, a from stars
    ),
    labels(place, label) using key (place) as (
      select _place, _place from numbered
      union
      select edges.b, min(labels.label)
      from labels
      join edges on edges.a = labels.place
      join recurring.labels as known on known.place = edges.b
      where labels.label < known.label
      group by edges.b
    ),
    grouped as (
      select numbered.*, labels.label as _group from numbered join labels on labels.place = numbered._place
    )
  `
}

function first(names: readonly Sql[], options: Config, ids: Sql | undefined): Sql {
  if (ids === undefined) return sql`select ${sql.join(names)} from grouped where _place = _group`
  const into = sql.id(options.into ?? 'merged')
  return sql`
    select ${sql.join(names)}, coalesce(others.${into}, []) as ${into}
    from grouped
    join (select _group as g, ${ids} from grouped group by _group) others on others.g = grouped._group
    where _place = _group
  `
}

/** \`arg_min\` leaves out rows whose value is null: the first value that is there. */
function filled(columns: readonly Column[], options: Config, ids: Sql | undefined): Sql {
  const values = columns.map(({ name }) => sql`arg_min(${sql.id(name)}, _place) as ${sql.id(name)}`)
  const inner = sql`select ${sql.lines([...values, ...(ids === undefined ? [] : [ids])])} from grouped group by _group`
  if (ids === undefined) return inner
  const into = sql.id(options.into ?? 'merged')
  return sql`select * replace (coalesce(${into}, []) as ${into}) from (${inner})`
}
