import {
  type Column,
  type CountedWarning,
  defineSql,
  isText,
  type Problem,
  placeColumns,
  type Sql,
  type SqlFacts,
  type SqlStep,
  type Static,
  sql,
  t,
  textKey,
  typeOf,
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
  max_group: t.optional(
    t.integer({
      minimum: 1,
      description:
        'A value that more rows share is no key: a switchboard, noemail@example.org. Unless said, one set of keys has no limit; with several, a value is no key whose rows have more than 5 values of another set.',
    }),
  ),
})
type Config = Static<typeof config>

export default defineSql<Config>({
  name: 'clean/dedupe',
  summary: 'Makes one row of the rows that share a key.',
  description: `
Exact keys only: normalise them first (clean/contacts); texts that look alike are equal. Rows without any whole key stay as they are. The
run tells how many rows the largest group has, and how many rows have a value that too many share to be a key. With \`id\`, the output
\`<stage>.merged\` has a row for each merged row: its id and the id of the row that stayed.`,
  config,
  rows: 'merge',
  incremental: 'whole',
  carries: true,
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
    {
      title: 'A number that the till types for whoever gives none is no key',
      with: { keys: [['email'], ['phone']], order: [{ by: 'id' }], max_group: 2 },
      inputs: {
        input: {
          columns: { id: 'integer', email: 'varchar', phone: 'varchar' },
          rows: [
            [1, 'zoe@a.example', '+33123456789'],
            [2, 'luc@b.example', '+33123456789'],
            [3, 'zoe@a.example', '+33123456789'],
          ],
        },
      },
      rows: [
        { id: 1, email: 'zoe@a.example', phone: '+33123456789' },
        { id: 2, email: 'luc@b.example', phone: '+33123456789' },
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

/** Where no limit is said, this many values of another set of keys are too many for one person. */
const manyValues = 5

/** Numbers the rows in the order in which they stay, finds the groups, and keeps the first row of each. */
function compile({ config: options, columns, input, carries }: SqlFacts<Config>): SqlStep {
  const names = [...columns.map(({ name }) => name), ...(carries ? placeColumns : [])].map((name) =>
    sql.id(name),
  )
  const order = [
    ...(options.order ?? []).map(
      ({ by, descending }) => sql`${sql.id(by)} ${sql.trusted(descending ? 'desc' : 'asc')} nulls last`,
    ),
    ...names.map((name) => sql`${name} nulls last`),
  ]
  const keys = options.keys.map((key) => keyOf(key, columns))
  const numbered = sql`
    select *, ${sql.lines(keys.map((key, index) => sql`${key} as ${keyName(index)}`))},
      row_number() over (order by ${sql.join(order)}) as _place
    from ${input}
  `
  const groups = keys.length === 1 ? oneKey(options.max_group) : manyKeys(keys.length, options.max_group)
  const ids =
    options.id === undefined
      ? undefined
      : sql`list(${sql.id(options.id)} order by _place) filter (where _place <> _group) as ${sql.id(options.into ?? 'merged')}`
  const kept = options.fill ? filled(names, options, ids) : first(names, options, ids)
  const select = sql`
    with${sql.trusted(keys.length > 1 ? ' recursive' : '')} numbered as (
      ${numbered}
    ),
    ${groups}
    ${kept}
  `
  const step = { select, warnings: warningsOf(options) }
  if (options.id === undefined) return step
  const id = sql.id(options.id)
  return {
    ...step,
    outputs: (self) => ({
      merged: sql`select unnest(${sql.id(options.into ?? 'merged')}) as merged_id, ${id} as kept_id from ${self}`,
    }),
  }
}

function warningsOf({ keys, max_group: limit }: Config): readonly CountedWarning[] {
  return [
    {
      code: 'largest_group',
      message: 'rows make the largest group that became one row',
      hint: 'where that are too many, look for a placeholder in the keys; max_group keeps it from being one',
      count: sql`coalesce(max(_size) filter (where _size > 1), 0)::bigint`,
    },
    ...(keys.length === 1 && limit === undefined
      ? []
      : [
          {
            code: 'keys_set_aside',
            message: 'rows have a value that too many share to be a key, and were not merged by it',
            hint: 'max_group says how many rows may share a value',
            count: sql`coalesce(sum(_aside), 0)::bigint`,
          },
        ]),
  ]
}

function keyName(index: number): Sql {
  return sql.id(`_key_${index}`)
}

/** The key of a row as one value, null where a part is. Texts that look alike are one key. */
function keyOf(key: readonly string[], columns: readonly Column[]): Sql {
  const parts = key.map((name) => {
    const type = typeOf(columns, name)
    if (!isText(type)) return sql.id(name)
    return textKey(type === 'VARCHAR' ? sql.id(name) : sql`cast(${sql.id(name)} as varchar)`)
  })
  if (parts.length === 1) return parts[0]!
  const whole = sql.join(
    key.map((name) => sql`${sql.id(name)} is not null`),
    ' and ',
  )
  return sql`case when ${whole} then row(${sql.join(parts)}) end`
}

/** The group of a row is the place of its first row; rows whose value too many share stay apart. */
function oneKey(limit: number | undefined): Sql {
  const key = keyName(0)
  const joined =
    limit === undefined ? sql`${key} is not null` : sql`${key} is not null and _sharing <= ${limit}`
  return sql`
    shared as (
      select *, count(*) over same as _sharing, min(_place) over same as _first
      from numbered
      window same as (partition by ${key})
    ),
    grouped as (
      select *,
        case when ${joined} then _first else _place end as _group,
        case when ${joined} then _sharing else 1 end as _size,
        case when ${key} is null or ${joined} then 0 else 1 end as _aside
      from shared
    )
  `
}

/**
 * Connected components: each row hangs on the first row of each of its keys, and the smallest place travels along these edges until
 * nothing changes. \`using key\` keeps one label a row, so a round costs only what changed. Values that are no key make no edges.
 */
function manyKeys(count: number, limit: number | undefined): Sql {
  const indexes = Array.from({ length: count }, (_, index) => index)
  const aside = indexes.map((index) => sql`${asideName(index)} as (${tooShared(index, indexes, limit)})`)
  const stars = indexes.map(
    (index) => sql`
      select _place as a, min(_place) over (partition by ${keyName(index)}) as b
      from numbered anti join ${asideName(index)} using (${keyName(index)})
      where ${keyName(index)} is not null
    `,
  )
  const apart = indexes.map(
    (index) => sql`select _place from numbered semi join ${asideName(index)} using (${keyName(index)})`,
  )
  return sql`
    ${sql.join(aside, ',\n')},
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
    apart as (
      ${sql.join(apart, ' union ')}
    ),
    sizes as (
      select label, count(*) as _size, count(apart._place) as _aside
      from labels left join apart on apart._place = labels.place
      group by label
    ),
    grouped as (
      select numbered.*, labels.label as _group, sizes._size, sizes._aside
      from numbered
      join labels on labels.place = numbered._place
      join sizes on sizes.label = labels.label
    )
  `
}

function asideName(index: number): Sql {
  return sql.id(`aside_${index}`)
}

/** The values of a set that are no key: more rows than the limit share them, or rows with too many values of another set. */
function tooShared(index: number, all: readonly number[], limit: number | undefined): Sql {
  const key = keyName(index)
  const shared = (more: number): Sql =>
    sql`select ${key} from numbered where ${key} is not null group by ${key} having count(*) > ${more}`
  if (limit !== undefined) return shared(limit)
  const differs = all
    .filter((other) => other !== index)
    .map((other) => sql`count(distinct ${keyName(other)}) > ${manyValues}`)
  return sql`
    select ${key}
    from numbered semi join (${shared(manyValues)}) using (${key})
    group by ${key}
    having ${sql.join(differs, ' or ')}
  `
}

function first(names: readonly Sql[], options: Config, ids: Sql | undefined): Sql {
  if (ids === undefined)
    return sql`select ${sql.join(names)}, _size, _aside from grouped where _place = _group`
  const into = sql.id(options.into ?? 'merged')
  return sql`
    select ${sql.join(names)}, coalesce(others.${into}, []) as ${into}, _size, _aside
    from grouped
    join (select _group as g, ${ids} from grouped group by _group) others on others.g = grouped._group
    where _place = _group
  `
}

/** \`arg_min\` leaves out rows whose value is null: the first value that is there. */
function filled(names: readonly Sql[], options: Config, ids: Sql | undefined): Sql {
  const values = names.map((name) => sql`arg_min(${name}, _place) as ${name}`)
  const inner = sql`select ${sql.lines([...values, ...(ids === undefined ? [] : [ids]), sql`max(_size) as _size`, sql`max(_aside) as _aside`])} from grouped group by _group`
  if (ids === undefined) return inner
  const into = sql.id(options.into ?? 'merged')
  return sql`select * replace (coalesce(${into}, []) as ${into}) from (${inner})`
}
