import { expect, it } from 'vitest'
import { ask } from './testing/history.ts'
import { failure, findings, succeeded } from './testing/outcome.ts'
import { TestProject } from './testing/project.ts'

const dayMs = 86_400_000

function day(number: number): string {
  return new Date(Date.parse('2025-01-01') + number * dayMs).toISOString().slice(0, 10)
}

/** Customers who buy each so many days, for 8 to 12 a time; the pattern of days and amounts is fixed. */
function orders(customers: number, every: number): string {
  const lines = Array.from({ length: customers }, (_, customer) =>
    Array.from({ length: Math.floor((364 - (customer % every)) / every) + 1 }, (__, time) => {
      const amount = 8 + ((customer * 7 + time * 3) % 5)
      return `c${String(customer).padStart(3, '0')},${day(time * every + (customer % every))},${amount}.00`
    }),
  ).flat()
  return `customer,day,amount\n${lines.join('\n')}\n`
}

const pipeline = (more = ''): string => `pipeline: p
as_of: 2025-12-31
stages:
  raw: { uses: collect/csv, with: { path: orders.csv } }
  clv: { uses: predict/lifetime, from: raw, with: { customer: customer, at: day, amount: amount${more} } }
marts:
  raw: { from: raw }
  clv: { from: clv, key: [customer] }
`
const shop = (text: string, more = ''): TestProject =>
  new TestProject({ 'orders.csv': text, 'pipeline.yaml': pipeline(more) })
const codes = (warnings: readonly { readonly code: string }[]): readonly string[] =>
  warnings.map(({ code }) => code)
const columns = 'probability_alive, expected_purchases, expected_value, lifetime_revenue'

it.each([
  [15, 30],
  [20, 17],
  [120, 1],
])(
  '%d customers who buy every %d days and spend alike are forecast, and what the forecast rests on is said each time',
  async (customers, every) => {
    using project = shop(orders(customers, every))
    const run = succeeded(await project.run(['run', '--output', 'json']))
    expect(codes(run.warnings)).toEqual(['fit_on_bound', 'spending_without_spread'])
    expect(run.checks.filter(({ status }) => status === 'fail')).toEqual([])
    const own = (await ask(
      project,
      'select monetary, expected_value, probability_alive as alive, expected_purchases as expected from clv',
      'marts/p.duckdb',
    )) as readonly Readonly<Record<string, number>>[]
    expect(own).toHaveLength(customers)
    const means = own.map(({ monetary }) => monetary!)
    for (const { expected_value: value, alive, expected } of own) {
      expect(value).toBeGreaterThanOrEqual(Math.min(...means))
      expect(value).toBeLessThanOrEqual(Math.max(...means))
      expect(alive).toBeGreaterThan(0.9)
      expect(expected).toBeGreaterThan(0)
    }
    const again = succeeded(await project.run(['run', '--output', 'json']))
    expect(again.steps.map(({ action }) => action)).toEqual(['reuse', 'reuse'])
    expect(again.warnings).toEqual(run.warnings)
    expect(again.checks).toEqual(run.checks)
    const doubts = 'select "check", status from sillage.checks where status = \'warn\''
    expect(await ask(project, doubts, 'marts/p.duckdb')).toHaveLength(2)
  },
)

it('data that carry no model leave its columns null, and everything else is published; on_unfit: fail stops', async () => {
  const few = 'customer,day,amount\na,2025-01-01,5\na,2025-02-01,5\nb,2025-01-01,7\n'
  for (const more of ['', ', on_unfit: null', ', on_unfit: "null"']) {
    using project = shop(few, more)
    const run = succeeded(await project.run(['run', '--output', 'json']))
    expect(run.warnings).toMatchObject([
      {
        stage: 'clv',
        code: 'model_unfit',
        message: expect.stringContaining('at least 10 are needed'),
        hint: expect.any(String),
      },
    ])
    expect(run.checks[0]).toMatchObject({ check: 'the data carry the model', status: 'warn' })
    expect(await ask(project, `select customer, frequency, ${columns} from clv`, 'marts/p.duckdb')).toEqual([
      {
        customer: 'a',
        frequency: 1,
        probability_alive: null,
        expected_purchases: null,
        expected_value: null,
        lifetime_revenue: null,
      },
      {
        customer: 'b',
        frequency: 0,
        probability_alive: null,
        expected_purchases: null,
        expected_value: null,
        lifetime_revenue: null,
      },
    ])
    expect((await project.run(['report', 'p'])).exit).toBe(0)
  }
  using strict = shop(few, ', on_unfit: fail')
  expect(failure(await strict.run(['run', '--output', 'json']))).toMatchObject({
    code: 'data_unfit',
    stage: 'clv',
  })
  using doubtful = shop(orders(15, 30), ', on_unfit: fail')
  expect(failure(await doubtful.run(['run', '--output', 'json']))).toMatchObject({
    code: 'data_unfit',
    message: expect.stringContaining('lies on its bounds'),
  })
  using beside = shop(few)
  beside.write('pipeline.yaml', pipeline().replace('from: raw, with', 'from: raw, on_unfit: fail, with'))
  expect(failure(await beside.run(['run', '--output', 'json']))).toMatchObject({ code: 'data_unfit' })
  beside.write('pipeline.yaml', pipeline().replace('orders.csv } }', 'orders.csv }, on_unfit: fail }'))
  expect(findings(await beside.run(['validate', '--output', 'json']))[0]).toMatchObject({
    code: 'unfit_on_stage',
    line: 4,
  })
  using wrong = shop(few, ', on_unfit: perhaps')
  expect((await wrong.run(['validate'])).exit).toBe(78)
})

it('a model that does no better than the plain mean on held-out days says nothing of one customer', async () => {
  using project = shop(orders(40, 10), ', holdout_days: 90')
  const run = succeeded(await project.run(['run', '--output', 'json']))
  expect(codes(run.warnings)).toContain('not_better_than_mean')
  const filled = await ask(
    project,
    'select count(probability_alive) as alive, count(expected_purchases) as expected, count(lifetime_revenue) as worth, count(expected_value) as spends from clv',
    'marts/p.duckdb',
  )
  expect(filled).toEqual([{ alive: 0, expected: 0, worth: 0, spends: 40 }])
})

it('lines after as_of are told by each step that leaves them out', async () => {
  using project = new TestProject({
    'orders.csv': `${orders(15, 30)}late,2026-01-02,9.00\nc001,2026-03-01,9.00\n`,
    'pipeline.yaml': `pipeline: p
as_of: 2025-12-31
stages:
  raw: { uses: collect/csv, with: { path: orders.csv } }
  clv: { uses: predict/lifetime, from: raw, with: { customer: customer, at: day, amount: amount } }
  rfm: { uses: score/rfm, from: raw, with: { customer: customer, at: day, amount: amount, quintiles: true, ties: same } }
  state: { uses: segment/lifecycle, from: raw, with: { last: day, states: [{ name: hot, below: 30 }, { name: cold }] } }
marts: { clv: { from: clv }, rfm: { from: rfm }, state: { from: state } }
`,
  })
  const { warnings } = succeeded(await project.run(['run', '--output', 'json']))
  const late = warnings.filter(({ code }) => code === 'after_as_of')
  expect(late.map(({ stage, count }) => [stage, count]).sort()).toEqual([
    ['clv', 2],
    ['rfm', 2],
    ['state', 2],
  ])
})

/** Fits a mean, which it finds doubtful below 3 rows and cannot be below 2. */
const ownModel = `import { dataUnfit, defineModel, t } from '@sillage/sdk'
export default defineModel({ name: 'predict/own', summary: 'A test.', description: 'A test.', examples: [],
  config: t.object({ column: t.column() }), rows: 'same', incremental: 'whole',
  units: ({ sql, input }) => sql\`select * from \${input}\`,
  statistics: ({ sql, units, config }) => sql\`select cast(\${sql.id(config.column)} as double) as x from \${units} order by 1\`,
  fit: ({ data }) => {
    const { x } = data
    if (x.length < 2) throw dataUnfit({ message: x.length + ' rows; at least 2 are needed', hint: 'wait for more' })
    const finding = { code: 'few', check: 'there are enough rows', holds: x.length > 2, found: x.length, message: 'the model rests on few rows', hint: 'wait for more', nulls: ['above'] }
    return { mean: x.reduce((sum, one) => sum + one, 0) / x.length, findings: [finding] }
  },
  reads: ({ config }) => [config.column],
  output: () => [{ name: 'mean', type: 'DOUBLE' }, { name: 'above', type: 'DOUBLE' }],
  apply: ({ batch, model, make }) => make.batch({
    mean: make.double(Array.from({ length: batch.numRows }, () => model.mean)),
    above: make.double(Array.from({ length: batch.numRows }, (_, row) => Number(batch.getChildAt(0).get(row)) - model.mean)),
  }) })
`

it('a model of the project has the option too, and its findings decide which of its columns are null', async () => {
  const rows = (count: number): string =>
    `id,x\n${Array.from({ length: count }, (_, id) => `${id},${id}`).join('\n')}\n`
  const text = (more = ''): string => `pipeline: p
as_of: 2026-01-01
stages:
  raw: { uses: collect/csv, with: { path: rows.csv } }
  mine: { uses: predict/own, from: raw, with: { column: x${more} } }
marts: { m: { from: mine } }
`
  using project = new TestProject({
    'sillage.yaml': 'plugins: ["./plugins/*.ts"]\n',
    'plugins/own.ts': ownModel,
    'pipeline.yaml': text(),
  })
  const made = async (count: number): Promise<readonly unknown[]> => {
    project.write('rows.csv', rows(count))
    const { warnings } = succeeded(await project.run(['run', '--output', 'json']))
    const [row] = await ask(
      project,
      'select count(mean) as mean, count(above) as above from m',
      'marts/p.duckdb',
    )
    return [codes(warnings), row]
  }
  expect(await made(3)).toEqual([[], { mean: 3, above: 3 }])
  expect(await made(2)).toEqual([['few'], { mean: 2, above: 0 }])
  expect(await made(1)).toEqual([['model_unfit'], { mean: 0, above: 0 }])
  project.write('pipeline.yaml', text(', on_unfit: fail'))
  expect(failure(await project.run(['run', '--output', 'json']))).toMatchObject({ code: 'data_unfit' })
})
