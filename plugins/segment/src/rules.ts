import {
  type CheckFacts,
  defineSql,
  type Problem,
  type Sql,
  type SqlFacts,
  type SqlStep,
  type Static,
  sql,
  t,
} from '@sillage/sdk'
import { checkTreatments } from './partition/treatments.ts'

const treatment = t.optional(
  t.oneOf(['valoriser', 'choyer', 'recuperer', 'conquerir', 'verifier', 'abandonner'], {
    description: 'What is done with the segment: exactly one treatment a segment, or none for all of them.',
  }),
)

const actions = t.optional(
  t.list(t.text({ minLength: 1 }), {
    uniqueItems: true,
    description: 'One or two actions; none where the treatment is abandonner.',
  }),
)

const config = t.object({
  into: t.newColumn({ description: 'The column that receives the name of the segment.' }),
  rules: t.list(
    t.object({
      name: t.text({ minLength: 1, description: 'The segment.' }),
      when: t.expression({ description: 'The condition; null does not hold.' }),
      treatment,
      actions,
    }),
    { minItems: 1, description: 'The first rule that holds wins.' },
  ),
  otherwise: t.either(
    t.text({ minLength: 1 }),
    t.object({ name: t.text({ minLength: 1 }), treatment, actions }),
    {
      description:
        'The segment of the rows for which no rule holds, so that each row has exactly one segment.',
    },
  ),
})

type Config = Static<typeof config>

/** A segment with what is done about it. */
type Segment = Exclude<Config['otherwise'], string>

export default defineSql({
  name: 'segment/rules',
  summary: 'Gives each row exactly one segment: the first rule that holds, or the one for all others.',
  description: `
Segments may carry a *treatment* and its *actions*. Then each segment has exactly one treatment and one or two actions (none for
\`abandonner\`), and the columns \`treatment\` (text) and \`actions\` (list of text) follow the segment.
`,
  config,
  rows: 'same',
  incremental: 'by_row',
  examples: [
    {
      title: 'Three segments',
      with: {
        into: 'segment',
        rules: [
          { name: 'champions', when: 'points = 6' },
          { name: 'leaving', when: 'recency_days >= 150' },
        ],
        otherwise: 'active',
      },
      inputs: {
        input: {
          columns: { points: 'integer', recency_days: 'integer' },
          rows: [
            [6, 200],
            [3, 200],
            [null, null],
          ],
        },
      },
      rows: [
        { points: 3, recency_days: 200, segment: 'leaving' },
        { points: 6, recency_days: 200, segment: 'champions' },
        { points: null, recency_days: null, segment: 'active' },
      ],
    },
    {
      title: 'Segments with their treatment',
      with: {
        into: 'segment',
        rules: [{ name: 'client_perdu', when: 'months >= 48', treatment: 'abandonner' }],
        otherwise: { name: 'client_actif', treatment: 'valoriser', actions: ['mailing', 'call'] },
      },
      inputs: { input: { columns: { months: 'integer' }, rows: [[50], [10]] } },
      rows: [
        { months: 10, segment: 'client_actif', treatment: 'valoriser', actions: ['mailing', 'call'] },
        { months: 50, segment: 'client_perdu', treatment: 'abandonner', actions: [] },
      ],
    },
  ],
  check,
  sql: compile,
})

function check({ config }: CheckFacts<Config>): readonly Problem[] {
  const all = segmentsOf(config)
  const repeated = all.flatMap(({ name }, index) =>
    all.findIndex((other) => other.name === name) < index
      ? [
          {
            path: index < config.rules.length ? ['rules', index, 'name'] : ['otherwise'],
            code: 'repeated_name',
            message: `two rules make the segment "${name}"`,
            hint: 'join their conditions with `or`',
          },
        ]
      : [],
  )
  return [...repeated, ...checkTreatments({ rules: config.rules, otherwise: otherwiseOf(config) })]
}

function compile({ config, columns, input, expression }: SqlFacts<Config>): SqlStep {
  const treated = segmentsOf(config).some((segment) => segment.treatment !== undefined)
  const made = [config.into, ...(treated ? ['treatment', 'actions'] : [])].map((name) => name.toLowerCase())
  const names = columns.map(({ name }) => name).filter((name) => !made.includes(name.toLowerCase()))
  const into = sql.id(config.into)
  const branches = config.rules.map(({ name, when }) => sql`when ${expression(when)} then ${name}`)
  const segment = sql`
    case
      ${sql.join(branches, '\n')}
      else ${otherwiseOf(config).name}
    end as ${into}
  `
  const segments = sql`
    select
      ${sql.lines([...names.map((name) => sql.id(name)), segment])}
    from ${input}
  `
  if (!treated) return { select: segments, notes: { [config.into]: { meaning: 'segment' } } }
  const select = sql`
    select
      *,
      case ${into} ${bySegment(config, ({ treatment }) => sql`${treatment ?? null}`)} end as treatment,
      case ${into} ${bySegment(config, ({ actions = [] }) => sql`cast(${sql.list(actions)} as varchar[])`)} end as actions
    from (
      ${segments}
    )
  `
  const notes = {
    [config.into]: { meaning: 'segment' },
    treatment: { meaning: 'treatment' },
    actions: { meaning: 'actions' },
  } as const
  return { select, notes }
}

function bySegment(config: Config, of: (segment: Segment) => Sql): Sql {
  return sql.join(
    segmentsOf(config).map((segment) => sql`when ${segment.name} then ${of(segment)}`),
    ' ',
  )
}

function segmentsOf(config: Config): readonly Segment[] {
  return [...config.rules, otherwiseOf(config)]
}

function otherwiseOf({ otherwise }: Config): Segment {
  return typeof otherwise === 'string' ? { name: otherwise } : otherwise
}
