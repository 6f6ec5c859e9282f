import { defineSql, type Sql, type SqlFacts, type Static, sql, t } from '@sillage/sdk'

const config = t.object({
  into: t.optional(t.newColumn({ description: 'The column of the score.', default: 'score' })),
  because: t.optional(
    t.newColumn({ description: 'A column that lists the rules that held, as `name +points`.' }),
  ),
  start: t.optional(t.integer({ description: 'Points before any rule.', default: 0 })),
  rules: t.list(
    t.object({
      name: t.text({ description: 'The name of the rule.', minLength: 1 }),
      when: t.expression({ description: 'The rule holds if this is true; null is not true.' }),
      points: t.integer({ description: 'Points added; negative points are subtracted.' }),
    }),
    { minItems: 1, description: 'Rules; each one that holds adds its points.' },
  ),
  floor: t.optional(t.integer({ description: 'The lowest score.' })),
  cap: t.optional(t.integer({ description: 'The highest score.' })),
})
type Config = Static<typeof config>

export default defineSql<Config>({
  name: 'score/points',
  summary: 'Adds up the points of rules that hold: a lead score that explains itself.',
  description: `
The score is \`start\` plus the points of every rule that holds, kept between \`floor\` and \`cap\`. It has no unit and no meaning except
its order: higher is better if the rules are written so. \`because\` lists the rules that held, in their order.`,
  config,
  rows: 'same',
  incremental: 'by_row',
  examples: [
    {
      title: 'Three rules for leads',
      with: {
        because: 'why',
        rules: [
          { name: 'asked for a quote', when: "page = 'quote'", points: 40 },
          { name: 'works in a company', when: 'company is not null', points: 25 },
          { name: 'throwaway address', when: 'disposable', points: -50 },
        ],
        floor: 0,
        cap: 60,
      },
      inputs: {
        input: {
          columns: { id: 'integer', page: 'varchar', company: 'varchar', disposable: 'boolean' },
          rows: [
            [1, 'quote', 'Cave du Nord', false],
            [2, 'home', null, true],
            [3, 'quote', null, null],
          ],
        },
      },
      rows: [
        {
          id: 1,
          page: 'quote',
          company: 'Cave du Nord',
          disposable: false,
          score: 60,
          why: ['asked for a quote +40', 'works in a company +25'],
        },
        { id: 2, page: 'home', company: null, disposable: true, score: 0, why: ['throwaway address -50'] },
        { id: 3, page: 'quote', company: null, disposable: null, score: 40, why: ['asked for a quote +40'] },
      ],
    },
  ],
  check: ({ config: options, columns }) => [
    ...(options.floor !== undefined && options.cap !== undefined && options.floor > options.cap
      ? [
          {
            path: ['floor'],
            code: 'bounds_crossed',
            message: `floor ${options.floor} is above cap ${options.cap}`,
            hint: 'swap them',
          },
        ]
      : []),
    ...options.rules.flatMap(({ name }, index) =>
      options.rules.findIndex((rule) => rule.name === name) === index
        ? []
        : [
            {
              path: ['rules', index, 'name'],
              code: 'rule_twice',
              message: `Two rules are called "${name}"`,
              hint: 'give each its own name',
            },
          ],
    ),
    ...[options.into ?? 'score', options.because].flatMap((name) =>
      name !== undefined && columns.some((column) => column.name === name)
        ? [
            {
              path: [name === options.because ? 'because' : 'into'],
              code: 'column_taken',
              message: `The input has a column "${name}" already`,
              hint: 'choose another name',
            },
          ]
        : [],
    ),
  ],
  sql: compile,
})

function compile({ config: options, input, expression }: SqlFacts<Config>): Sql {
  const parts = options.rules.map(
    (rule) => sql`case when ${expression(rule.when)} then ${rule.points} else 0 end`,
  )
  const sum = sql.join([sql.literal(options.start ?? 0), ...parts], '\n  + ')
  const bounded = atMost(atLeast(sum, options.floor), options.cap)
  const reasons = options.rules.map(
    (rule) =>
      sql`case when ${expression(rule.when)} then ${`${rule.name} ${rule.points >= 0 ? '+' : ''}${rule.points}`} end`,
  )
  const because =
    options.because === undefined
      ? sql.empty
      : sql`,\n  list_filter([${sql.join(reasons)}], lambda reason: reason is not null) as ${sql.id(options.because)}`
  return sql`
    select *,
      cast(${bounded} as integer) as ${sql.id(options.into ?? 'score')}${because}
    from ${input}
  `
}

function atLeast(value: Sql, floor: number | undefined): Sql {
  return floor === undefined ? value : sql`greatest(${floor}, ${value})`
}

function atMost(value: Sql, cap: number | undefined): Sql {
  return cap === undefined ? value : sql`least(${cap}, ${value})`
}
