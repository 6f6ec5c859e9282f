import {
  defineSql,
  type Problem,
  type Sql,
  type SqlFacts,
  type SqlStep,
  type Static,
  sql,
  t,
} from '@sillage/sdk'

const bound = t.object({
  name: t.text({ description: 'The state.', minLength: 1 }),
  below: t.optional(
    t.integer({
      description: 'The state ends before this age, in `unit`s; the last one has none.',
      minimum: 1,
    }),
  ),
})

const config = t.object({
  into: t.optional(t.newColumn({ description: 'The column of the state.', default: 'lifecycle' })),
  first: t.optional(t.column({ description: 'Date of the first activity; needed by `new`.' })),
  last: t.column({ description: 'Date of the last activity; a row without one is in the state `never`.' }),
  unit: t.optional(
    t.oneOf(['days', 'months'], {
      description: 'Days, or calendar months: the 31st plus one month is the last day of the next.',
      default: 'days',
    }),
  ),
  new: t.optional(
    t.object(
      {
        name: t.text({ minLength: 1 }),
        below: t.integer({ minimum: 1, description: 'The first activity is younger than this.' }),
      },
      { description: 'A state that takes precedence while the first activity is recent.' },
    ),
  ),
  states: t.list(bound, {
    minItems: 1,
    description:
      'States by the age of the last activity, youngest first, half-open: each ends before its `below`.',
  }),
  never: t.optional(t.text({ description: 'The state of a row without any activity; default: null.' })),
})
type Config = Static<typeof config>

export default defineSql<Config>({
  name: 'segment/lifecycle',
  summary:
    'Gives each person a lifecycle state (new, active, leaving, lost) by the age of the first and last activity at the as-of date.',
  description: `
The order and the bounds of the states are configurable, since textbooks disagree. Bounds are half-open, so every age has
exactly one state. An activity after \`as_of\` counts as age 0, and the run warns of how many there are.`,
  config,
  rows: 'same',
  incremental: 'by_row',
  examples: [
    {
      title: 'Clients of a shop, in calendar months',
      asOf: '2014-05-23',
      with: {
        first: 'first_on',
        last: 'last_on',
        unit: 'months',
        new: { name: 'new', below: 3 },
        states: [
          { name: 'hot', below: 6 },
          { name: 'active', below: 24 },
          { name: 'leaving', below: 48 },
          { name: 'lost' },
        ],
        never: 'prospect',
      },
      inputs: {
        input: {
          columns: { id: 'integer', first_on: 'date', last_on: 'date' },
          rows: [
            [1, '2014-03-01', '2014-03-01'],
            [2, '2014-02-23', '2014-05-01'],
            [3, '2010-01-01', '2013-11-23'],
            [4, '2010-01-01', '2012-05-24'],
            [5, '2010-01-01', '2012-05-23'],
            [6, '2009-01-01', '2010-05-23'],
            [7, null, null],
          ],
        },
      },
      rows: [
        { id: 1, first_on: '2014-03-01', last_on: '2014-03-01', lifecycle: 'new' },
        { id: 2, first_on: '2014-02-23', last_on: '2014-05-01', lifecycle: 'hot' },
        { id: 3, first_on: '2010-01-01', last_on: '2013-11-23', lifecycle: 'active' },
        { id: 4, first_on: '2010-01-01', last_on: '2012-05-24', lifecycle: 'active' },
        { id: 5, first_on: '2010-01-01', last_on: '2012-05-23', lifecycle: 'leaving' },
        { id: 6, first_on: '2009-01-01', last_on: '2010-05-23', lifecycle: 'lost' },
        { id: 7, first_on: null, last_on: null, lifecycle: 'prospect' },
      ],
    },
  ],
  check: ({ config: options, columns }) => [
    ...checkStates(options),
    ...checkNew(options),
    ...checkInto(
      options,
      columns.map((column) => column.name),
    ),
  ],
  sql: compile,
})

function compile({ config: options, input, asOf, asOfSql }: SqlFacts<Config>): SqlStep {
  const unit = options.unit ?? 'days'
  const isYoungerThan = (column: string, below: number): Sql =>
    unit === 'days'
      ? sql`${asOfSql} - cast(${sql.id(column)} as date) < ${below}`
      : sql`cast(${sql.id(column)} as date) > ${asOfSql} - to_months(${below})`
  const fresh =
    options.new && options.first !== undefined
      ? [sql`when ${isYoungerThan(options.first, options.new.below)} then ${options.new.name}`]
      : []
  const states = options.states.map(({ name, below }) =>
    below === undefined ? sql`else ${name}` : sql`when ${isYoungerThan(options.last, below)} then ${name}`,
  )
  const into = options.into ?? 'lifecycle'
  const select = sql`
    select *,
      case
        when ${sql.id(options.last)} is null then ${options.never ?? null}
        ${sql.join([...fresh, ...states], '\n    ')}
      end as ${sql.id(into)}
    from ${input}
  `
  const warnings = [
    {
      code: 'after_as_of',
      message: `rows have their last activity after as_of (${asOf}): it counts as age 0`,
      hint: 'as_of: today follows the day of the run; --as-of sets another day',
      count: sql`count(*) filter (where cast(${sql.id(options.last)} as date) > ${asOfSql})`,
    },
  ]
  const named = [...options.states, ...(options.new ? [options.new] : [])].map(({ name }) => name)
  const values = [...named, ...(options.never === undefined ? [] : [options.never])]
  return { select, notes: { [into]: { meaning: 'segment', values } }, warnings }
}

function checkStates({ states }: Config): readonly Problem[] {
  return states.flatMap(({ name, below }, index): readonly Problem[] => {
    const before = states[index - 1]?.below
    const isLast = index === states.length - 1
    if (isLast && below !== undefined)
      return [
        {
          path: ['states', index, 'below'],
          code: 'states_open',
          message: `Nothing holds an age of ${below} and more`,
          hint: 'remove below from the last state',
        },
      ]
    if (!isLast && below === undefined)
      return [
        {
          path: ['states', index],
          code: 'states_hidden',
          message: `"${name}" has no end: the states after it are never reached`,
          hint: 'give it below',
        },
      ]
    if (below !== undefined && before !== undefined && below <= before)
      return [
        {
          path: ['states', index, 'below'],
          code: 'states_unordered',
          message: `${below} is not above ${before}`,
          hint: 'youngest first',
        },
      ]
    return []
  })
}

function checkNew({ new: fresh, first }: Config): readonly Problem[] {
  return fresh !== undefined && first === undefined
    ? [
        {
          path: ['new'],
          code: 'first_missing',
          message: '"new" needs the date of the first activity',
          hint: 'add first: <column>',
        },
      ]
    : []
}

function checkInto({ into = 'lifecycle' }: Config, columns: readonly string[]): readonly Problem[] {
  return columns.includes(into)
    ? [
        {
          path: ['into'],
          code: 'column_taken',
          message: `The input has a column "${into}" already`,
          hint: 'choose another name',
        },
      ]
    : []
}
