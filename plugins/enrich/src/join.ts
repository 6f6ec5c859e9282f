import {
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
  on: t.either(
    t.list(t.column({ sameIn: 'right' }), { minItems: 1, uniqueItems: true }),
    t.map(t.column({ input: 'right' }), { minProperties: 1, 'x-key-role': 'column' }),
    {
      description:
        'Columns that must be equal: names that both sides have, or a map from the left name to the right one. Null equals nothing. Texts are equal that look alike: Unicode NFC, blanks, and characters that nobody sees make no difference, capitals do.',
    },
  ),
  columns: t.either(
    t.list(t.column({ input: 'right', sameIn: 'right' }), { minItems: 1, uniqueItems: true }),
    t.map(t.column({ input: 'right' }), { minProperties: 1, 'x-key-role': 'new-column' }),
    {
      description: 'Columns taken from the right side: names, or a map from the new name to the right one.',
    },
  ),
  unmatched: t.optional(
    t.oneOf(['keep', 'drop', 'reject'], {
      description:
        'What happens to a left row without a right one: keep it with nulls, leave it out, or refuse it.',
      default: 'keep',
    }),
  ),
  many: t.optional(
    t.boolean({
      description: 'Several right rows may match one left row, and each makes a row.',
      default: false,
    }),
  ),
})
type Config = Static<typeof config>

const twice = 'the right side of the join has several rows for one key'

export default defineSql<Config>({
  name: 'enrich/join',
  refuses: ({ unmatched }) => unmatched === 'reject',
  carries: true,
  summary: 'Adds columns of another stage to rows whose keys are equal.',
  description: `
A join is many-to-one: each left row matches at most one right row, so no row is added or lost. If the right side has a key twice and
a left row matches it, the run stops and says so; \`many: true\` allows it.`,
  config,
  rows: ({ many, unmatched }) => (many ? 'expand' : unmatched === 'drop' ? 'filter' : 'same'),
  incremental: 'by_row',
  inputs: { left: 'the rows to enrich', right: 'the rows that are looked up' },
  examples: [
    {
      title: 'The city of each order',
      with: { on: { customer: 'id' }, columns: { city: 'town' } },
      inputs: {
        left: {
          columns: { order: 'integer', customer: 'varchar' },
          rows: [
            [1, 'a'],
            [2, 'b'],
            [3, 'z'],
            [4, null],
          ],
        },
        right: {
          columns: { id: 'varchar', town: 'varchar' },
          rows: [
            ['a', 'Lyon'],
            ['b', 'Dax'],
          ],
        },
      },
      rows: [
        { order: 1, customer: 'a', city: 'Lyon' },
        { order: 2, customer: 'b', city: 'Dax' },
        { order: 3, customer: 'z', city: null },
        { order: 4, customer: null, city: null },
      ],
    },
    {
      title: 'Orders of unknown customers are refused',
      with: { on: ['customer'], columns: ['city'], unmatched: 'reject' },
      inputs: {
        left: {
          columns: { order: 'integer', customer: 'varchar' },
          rows: [
            [1, 'a'],
            [3, 'z'],
          ],
        },
        right: { columns: { customer: 'varchar', city: 'varchar' }, rows: [['a', 'Lyon']] },
      },
      rows: [{ order: 1, customer: 'a', city: 'Lyon' }],
      rejects: [['customer: unmatched']],
    },
  ],
  check: ({ config: options, inputs }) => {
    const left = new Set(inputs.left!.map((column) => column.name))
    const taken = pairs(options.columns).filter(([name]) => left.has(name))
    const keys = pairs(options.on)
    return [
      ...taken.map(
        ([name]): Problem => ({
          path: ['columns'],
          code: 'column_taken',
          message: `The left side has a column "${name}" already`,
          hint: `take it under another name: columns: { right_${name}: ${name} }`,
        }),
      ),
      ...keys
        .filter(([, name]) => !inputs.right!.some((column) => column.name === name))
        .map(
          ([, name]): Problem => ({
            path: ['on'],
            code: 'column_unknown',
            message: `The right side has no column "${name}"`,
            hint: 'use a map: on: { left_name: right_name }',
          }),
        ),
      ...keys.flatMap(([a, b]): readonly Problem[] => {
        const [from, to] = [typeOf(inputs.left!, a), typeOf(inputs.right!, b)]
        return isText(from) === isText(to)
          ? []
          : [
              {
                path: ['on'],
                code: 'types_differ',
                message: `"${a}" is ${from} and "${b}" is ${to}`,
                hint: 'give both the same type in their contracts',
              },
            ]
      }),
    ]
  },
  sql: compile,
})

function compile({
  config: options,
  relations,
  inputs,
  provenance,
  carries,
}: SqlFacts<Config>): Sql | SqlStep {
  const keys = pairs(options.on)
  const columns = pairs(options.columns)
  const single = !options.many
  const value = (name: string): Sql =>
    single
      ? sql`case when r._same > 1 then error(${twice}) else r.${sql.id(name)} end`
      : sql`r.${sql.id(name)}`
  const taken = sql.join(
    columns.map(([name, from]) => sql`${value(from)} as ${sql.id(name)}`),
    ',\n  ',
  )
  const made = keys.map(([, name], index) => {
    const type = typeOf(inputs.right!, name)
    return isText(type) ? sql`${keyOf(sql.id(name), type)} as ${keyName(index)}` : undefined
  })
  const rightKeys = keys.map(([, name], index) => (made[index] ? keyName(index) : sql.id(name)))
  const forms = made.flatMap((form) => form ?? [])
  const keyed =
    forms.length === 0 ? relations.right! : sql`(select *, ${sql.join(forms)} from ${relations.right!})`
  const right = single
    ? sql`(select *, count(*) over (partition by ${sql.join(rightKeys)}) as _same from ${keyed})`
    : keyed
  const on = sql.join(
    keys.map(
      ([a], index) => sql`${keyOf(sql`l.${sql.id(a)}`, typeOf(inputs.left!, a))} = r.${rightKeys[index]!}`,
    ),
    ' and ',
  )
  const how = options.unmatched === 'drop' ? sql`join` : sql`left join`
  const own = inputs.left!.map(({ name }) => sql`l.${sql.id(name)}`)
  const left = sql.join([...own, ...(carries ? [sql`l._file`, sql`l._line`] : [])])
  const body = sql`
    select ${left},
      ${taken}
    from ${relations.left!} l
    ${how} ${right} r on ${on}
  `
  if (options.unmatched !== 'reject') return body
  const missing = sql`r.${sql.id(keys[0]![1])} is null`
  const row = sql.join(inputs.left!.map(({ name }) => sql`${sql.id(name)} := l.${sql.id(name)}`))
  const places = placeColumns.map(
    (name) => sql`case when ${missing} then l.${sql.id(name)} end as ${sql.id(name)}`,
  )
  return {
    select: sql`
      select ${left},
        ${taken},
        case when ${missing} then 1 else 0 end as _reject,
        case when ${missing} then to_json(struct_pack(${row})) end as _raw${
          provenance && !carries
            ? sql`,
        ${sql.join(places)}`
            : sql.empty
        }
      from ${relations.left!} l
      left join ${right} r on ${on}
    `,
    rejects: [
      {
        code: 'unmatched',
        column: keys.map(([name]) => name).join(', '),
        message: 'no row of the right side has this key',
      },
    ],
  }
}

function keyName(index: number): Sql {
  return sql.id(`_key_${index}`)
}

function keyOf(column: Sql, type: string): Sql {
  if (!isText(type)) return column
  return textKey(type === 'VARCHAR' ? column : sql`cast(${column} as varchar)`)
}

/** A list of names as pairs of the same name; a map as it is. */
function pairs(
  names: readonly string[] | Readonly<Record<string, string>>,
): readonly (readonly [string, string])[] {
  return Array.isArray(names)
    ? (names as readonly string[]).map((name) => [name, name])
    : Object.entries(names)
}
