import { defineSql, placeColumns, type Sql, type SqlFacts, type Static, sql, t } from '@sillage/sdk'

const config = t.object({
  columns: t.optional(
    t.map(t.expression(), {
      minProperties: 1,
      'x-key-role': 'new-column',
      'x-scope': 'earlier-keys',
      description:
        'New columns and the expressions that make them; an expression may use the columns before its own.',
      examples: [{ amount: 'cast(quantity * unit_price as decimal(18,3))' }],
    }),
  ),
  drop: t.optional(
    t.columns({ description: 'Columns of the input to drop; expressions may still use them.' }),
  ),
  where: t.optional(
    t.expression({
      description:
        'Only rows of the input for which this is true are kept; the others are counted as filtered.',
    }),
  ),
})

type Config = Static<typeof config>

export default defineSql({
  name: 'enrich/derive',
  summary: 'Adds columns computed from the columns of the same row, and may leave rows out.',
  description: `
A column whose name the input already has is replaced in place. An expression sees the columns of the input and the new values of those
before it in the map; its own name means the column of the input.
`,
  config,
  rows: ({ where }) => (where === undefined ? 'same' : 'filter'),
  incremental: 'by_row',
  carries: true,
  examples: [
    {
      title: 'An amount, then a share of it',
      with: {
        columns: {
          amount: 'cast(quantity * price as decimal(18,2))',
          tax: 'cast(amount * 0.2 as decimal(18,2))',
        },
      },
      inputs: { input: { columns: { quantity: 'integer', price: 'decimal(18,2)' }, rows: [[3, '2.50']] } },
      rows: [{ quantity: 3, price: '2.50', amount: '7.50', tax: '1.50' }],
    },
    {
      title: 'A column replaced in its place, and used by its new value',
      with: { columns: { city: 'upper(city)', label: "city || ' ' || postcode" } },
      inputs: { input: { columns: { city: 'varchar', postcode: 'varchar' }, rows: [['Lyon', '69001']] } },
      rows: [{ city: 'LYON', postcode: '69001', label: 'LYON 69001' }],
    },
    {
      title: 'A column used, then left out',
      with: { columns: { total: 'net + tax' }, drop: ['net', 'tax'] },
      inputs: { input: { columns: { id: 'integer', net: 'integer', tax: 'integer' }, rows: [[1, 10, 2]] } },
      rows: [{ id: 1, total: 12 }],
    },
    {
      title: 'Only what was bought; null does not hold',
      with: { where: "kind = 'invoice'" },
      inputs: {
        input: {
          columns: { id: 'integer', kind: 'varchar' },
          rows: [
            [1, 'invoice'],
            [2, 'credit note'],
            [3, null],
          ],
        },
      },
      rows: [{ id: 1, kind: 'invoice' }],
    },
  ],
  check: ({ config: { columns, where, drop } }) =>
    columns === undefined && where === undefined && drop === undefined
      ? [
          {
            path: [],
            code: 'nothing_to_do',
            message: 'The stage derives no column and leaves nothing out',
            hint: 'add columns: { name: expression }, where: <condition> or drop: [columns]',
          },
        ]
      : [],
  sql: compile,
})

/** One select for each run of expressions that do not use one another. */
function compile({ config, columns, input, carries, expression }: SqlFacts<Config>): Sql {
  let names = [...columns.map(({ name }) => name), ...(carries ? placeColumns : [])]
  const kept =
    config.where === undefined ? undefined : sql`select * from ${input} where ${expression(config.where)}`
  const dropped = new Set(config.drop)
  let select = kept ?? sql`select * from ${input}`
  for (const [index, layer] of layers(Object.entries(config.columns ?? {})).entries()) {
    const made = new Map(
      layer.map(([name, text]) => [name.toLowerCase(), sql`${expression(text)} as ${sql.id(name)}`]),
    )
    const added = layer.map(([name]) => name).filter((name) => !names.some((known) => sameName(known, name)))
    const all = [...names, ...added]
    select = sql`
      select
        ${sql.lines(all.map((name) => made.get(name.toLowerCase()) ?? sql.id(name)))}
      from ${index === 0 && kept === undefined ? input : nested(select)}
    `
    names = all
  }
  if (dropped.size === 0) return select
  const remaining = names.filter((name) => !dropped.has(name) || name in (config.columns ?? {}))
  return sql`
    select ${sql.join(remaining.map((name) => sql.id(name)))}
    from ${nested(select)}
  `
}

function nested(select: Sql): Sql {
  return sql`
    (
      ${select}
    )
  `
}

type Entry = readonly [name: string, expression: string]

/** Cuts the map before each expression that mentions a name made since the last cut. A name in a text costs a cut, no more. */
function layers(entries: readonly Entry[]): readonly (readonly Entry[])[] {
  const result: Entry[][] = [[]]
  for (const entry of entries) {
    if (result.at(-1)!.some(([name]) => mentions(entry[1], name))) result.push([])
    result.at(-1)!.push(entry)
  }
  return result
}

/** A name in quotes has its own quotes twice. */
function mentions(text: string, name: string): boolean {
  return text.toLowerCase().replaceAll('""', '"').includes(name.toLowerCase().replaceAll('""', '"'))
}

function sameName(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase()
}
