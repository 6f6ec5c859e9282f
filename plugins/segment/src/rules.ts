import {
  type CheckFacts,
  type CountedWarning,
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
    description: 'What is done with the segment: exactly one treatment per segment, or none for all of them.',
  }),
)

const actions = t.optional(
  t.list(t.text({ minLength: 1 }), {
    uniqueItems: true,
    description: 'One or two actions; none if the treatment is abandonner.',
  }),
)

const config = t.object({
  into: t.newColumn({ description: 'The column that receives the name of the segment.' }),
  rules: t.list(
    t.object({
      name: t.text({ minLength: 1, description: 'The segment.' }),
      when: t.expression({
        description:
          'The condition: true, false, or null if a column that it needs is null. To match nulls, use `is null`.',
      }),
      treatment,
      actions,
    }),
    { minItems: 1, description: 'The first rule that holds wins.' },
  ),
  otherwise: t.either(
    t.text({ minLength: 1 }),
    t.object({ name: t.text({ minLength: 1 }), treatment, actions }),
    { description: 'The segment of the rows for which every rule is false.' },
  ),
  otherwise_unknown: t.optional(
    t.either(t.text({ minLength: 1 }), t.object({ name: t.text({ minLength: 1 }), treatment, actions }), {
      description:
        'The segment of the rows for which no rule is true and at least one is null, so that their segment is unknown. It may be that of `otherwise`. Without it their segment is null, and the run warns with their number.',
    }),
  ),
})

type Config = Static<typeof config>

/** A segment with what is done about it. */
type Segment = Exclude<Config['otherwise'], string>

export default defineSql({
  name: 'segment/rules',
  summary:
    'Gives each row one segment: that of the first true rule, that of all other rows, or that of rows whose segment is unknown.',
  description: `
Rules are three-valued, as conditions of SQL are. A customer without a purchase has null days since the last one, so \`recency_days >= 150\` is
neither true nor false for them: they must not become "active" only because no rule matched. \`otherwise\` takes the rows for which every rule is false;
\`otherwise_unknown\` those for which none is true and at least one is null. To match nulls, write \`recency_days is null\`.

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
        otherwise_unknown: 'no purchase yet',
      },
      inputs: {
        input: {
          columns: { points: 'integer', recency_days: 'integer' },
          rows: [
            [6, 200],
            [3, 200],
            [3, 20],
            [6, null],
            [null, null],
          ],
        },
      },
      rows: [
        { points: 3, recency_days: 20, segment: 'active' },
        { points: 3, recency_days: 200, segment: 'leaving' },
        { points: 6, recency_days: 200, segment: 'champions' },
        { points: 6, recency_days: null, segment: 'champions' },
        { points: null, recency_days: null, segment: 'no purchase yet' },
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
            path:
              index < config.rules.length
                ? ['rules', index, 'name']
                : [index === config.rules.length ? 'otherwise' : 'otherwise_unknown'],
            code: 'repeated_name',
            message: `two rules make the segment "${name}"`,
            hint: 'join their conditions with `or`',
          },
        ]
      : [],
  )
  return [
    ...repeated,
    ...checkTreatments({
      rules: config.rules,
      otherwise: segmentOf(config.otherwise),
      unknown: unknownOf(config),
    }),
  ]
}

function compile({ config, columns, input, expression }: SqlFacts<Config>): SqlStep {
  const treated = segmentsOf(config).some((segment) => segment.treatment !== undefined)
  const made = [config.into, ...(treated ? ['treatment', 'actions'] : [])].map((name) => name.toLowerCase())
  const names = columns.map(({ name }) => name).filter((name) => !made.includes(name.toLowerCase()))
  const into = sql.id(config.into)
  const conditions = config.rules.map(({ when }) => expression(when))
  const branches = config.rules.map(({ name }, index) => sql`when ${conditions[index]!} then ${name}`)
  const isUnknown = sql.join(
    conditions.map((condition) => sql`${condition} is null`),
    ' or ',
  )
  const segment = sql`
    case
      ${sql.join(branches, '\n')}
      when ${isUnknown} then ${unknownOf(config)?.name ?? null}
      else ${segmentOf(config.otherwise).name}
    end as ${into}
  `
  const segments = sql`
    select
      ${sql.lines([...names.map((name) => sql.id(name)), segment])}
    from ${input}
  `
  const warnings = warningsOf(config)
  const all = segmentsOf(config)
  const named = { meaning: 'segment', values: all.map(({ name }) => name) } as const
  if (!treated) return { select: segments, notes: { [config.into]: named }, warnings }
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
    [config.into]: named,
    treatment: { meaning: 'treatment', values: all.flatMap(({ treatment }) => treatment ?? []) },
    actions: { meaning: 'actions', values: all.flatMap(({ actions }) => actions ?? []) },
  } as const
  return { select, notes, warnings }
}

/** Until the rows without a segment have one of their own, they are told with where they used to be. */
function warningsOf(config: Config): readonly CountedWarning[] {
  if (config.otherwise_unknown !== undefined) return []
  const { name } = segmentOf(config.otherwise)
  return [
    {
      code: 'segment_unknown',
      message: `rows have no segment, and are not in "${name}": no rule is true of them, and one cannot be told where a column is null`,
      hint: 'give them one with otherwise_unknown: <name>, or add a rule that says `is null`',
      count: sql`count(*) filter (where ${sql.id(config.into)} is null)`,
    },
  ]
}

function bySegment(config: Config, of: (segment: Segment) => Sql): Sql {
  return sql.join(
    segmentsOf(config).map((segment) => sql`when ${segment.name} then ${of(segment)}`),
    ' ',
  )
}

function segmentsOf(config: Config): readonly Segment[] {
  const unknown = unknownOf(config)
  const isOwn = unknown !== undefined && config.otherwise_unknown !== segmentOf(config.otherwise).name
  return [...config.rules, segmentOf(config.otherwise), ...(isOwn ? [unknown] : [])]
}

/** The name of `otherwise` stands for that segment. */
function unknownOf({ otherwise, otherwise_unknown: unknown }: Config): Segment | undefined {
  if (unknown === undefined) return undefined
  return unknown === segmentOf(otherwise).name ? segmentOf(otherwise) : segmentOf(unknown)
}

function segmentOf(segment: Config['otherwise']): Segment {
  return typeof segment === 'string' ? { name: segment } : segment
}
