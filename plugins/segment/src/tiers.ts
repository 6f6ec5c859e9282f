import {
  type CheckFacts,
  defineSql,
  type Problem,
  type SqlFacts,
  type SqlStep,
  type Static,
  sql,
  t,
} from '@sillage/sdk'
import { findGaps, type Tier } from './partition/gaps.ts'

const config = t.object({
  value: t.column({ type: 'number', description: 'The numeric column that decides.' }),
  into: t.newColumn({ description: 'The column that receives the name of the tier.' }),
  tiers: t.list(
    t.object({
      name: t.text({ minLength: 1 }),
      from: t.optional(t.number({ description: 'Smallest value of the tier; the first tier has none.' })),
      below: t.optional(
        t.number({ description: 'Values of the tier are smaller than this; the last tier has none.' }),
      ),
    }),
    {
      minItems: 1,
      description:
        'Half-open tiers in order of value, lowest or highest first: each value falls in exactly one.',
    },
  ),
  otherwise: t.optional(
    t.text({ minLength: 1, description: 'The tier of rows without a value; default: null.' }),
  ),
})

type Config = Static<typeof config>

export default defineSql({
  name: 'segment/tiers',
  summary: 'Cuts a numeric column into named tiers without gaps or overlaps.',
  config,
  rows: 'same',
  incremental: 'by_row',
  examples: [
    {
      title: 'Loyalty tiers: 200 is silver, 500 is gold',
      with: {
        value: 'spent',
        into: 'tier',
        tiers: [
          { name: 'bronze', below: 200 },
          { name: 'silver', from: 200, below: 500 },
          { name: 'gold', from: 500 },
        ],
      },
      inputs: {
        input: { columns: { spent: 'decimal(18,2)' }, rows: [['199.99'], ['200.00'], ['500.00'], [null]] },
      },
      rows: [
        { spent: '199.99', tier: 'bronze' },
        { spent: '200.00', tier: 'silver' },
        { spent: '500.00', tier: 'gold' },
        { spent: null, tier: null },
      ],
    },
  ],
  check,
  sql: compile,
})

function check({ config }: CheckFacts<Config>): readonly Problem[] {
  return [...repeated(config.tiers), ...findGaps(config.tiers)]
}

function repeated(tiers: readonly Tier[]): readonly Problem[] {
  return tiers.flatMap(({ name }, index) =>
    tiers.findIndex((other) => other.name === name) < index
      ? [
          {
            path: ['tiers', index, 'name'],
            code: 'repeated_name',
            message: `two tiers are called "${name}"`,
            hint: 'join them into one, or rename one',
          },
        ]
      : [],
  )
}

function compile({ config, columns, input }: SqlFacts<Config>): SqlStep {
  const value = sql.id(config.value)
  const rising = [...config.tiers].sort(
    (a, b) => (a.below ?? Number.POSITIVE_INFINITY) - (b.below ?? Number.POSITIVE_INFINITY),
  )
  const branches = rising.slice(0, -1).map(({ name, below }) => sql`when ${value} < ${below!} then ${name}`)
  const names = columns
    .map(({ name }) => name)
    .filter((name) => name.toLowerCase() !== config.into.toLowerCase())
  const tier = sql`
    case
      when ${value} is null then ${config.otherwise ?? null}
      ${sql.join(branches, '\n')}
      else ${rising.at(-1)!.name}
    end as ${sql.id(config.into)}
  `
  const select = sql`
    select
      ${sql.lines([...names.map((name) => sql.id(name)), tier])}
    from ${input}
  `
  const values = [
    ...rising.map(({ name }) => name),
    ...(config.otherwise === undefined ? [] : [config.otherwise]),
  ]
  return { select, notes: { [config.into]: { meaning: 'segment', values } } }
}
