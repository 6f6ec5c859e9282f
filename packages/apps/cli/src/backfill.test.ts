import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ask } from './testing/history.ts'
import { until } from './testing/outcome.ts'
import { slowSql } from './testing/own-plugin.ts'
import { TestProject } from './testing/project.ts'

/** Two customers: c1 bought in January and February, c2 on the first of February; before that score/rfm gives it no figures. */
const orders = 'customer,at,amount\nc1,2017-01-10,10\nc1,2017-02-15,20\nc2,2017-02-01,5\n'
const pipeline = (limit = 20, more = ''): string => `pipeline: p
as_of: 2017-06-01
stages:
  raw: { uses: collect/csv, with: { path: orders.csv } }
  lines: { uses: clean/contract, from: raw, with: { columns: { customer: { type: text }, at: { type: date }, amount: { type: integer } } } }
${more}  rfm: { uses: score/rfm, from: ${more === '' ? 'lines' : 'slow'}, with: { customer: customer, at: at, amount: amount, recency: { bands: [30], points: [1, 0] }, frequency: { bands: [2], points: [0, 1] }, monetary: { bands: [20], points: [0, 1] } } }
  customers: { uses: segment/rules, from: rfm, with: { into: segment, rules: [{ name: recent, when: "recency_days < ${limit}" }], otherwise: quiet } }
  list: { uses: activate/file, from: customers, with: { path: out/list.csv } }
marts:
  customers: { from: customers, key: [customer] }
  lines: { from: lines }
`

interface Backfill {
  readonly backfill: {
    readonly published: boolean
    readonly dates: readonly {
      readonly as_of: string
      readonly action: string
      readonly rows: unknown
      readonly steps_run: number
    }[]
  }
}

const months = ['--from', '2017-01-31', '--to', '2017-03-31', '--every', 'month']

async function backfill(project: TestProject, ...args: readonly string[]): Promise<Backfill['backfill']> {
  const ended = await project.run(['backfill', 'p', ...args, '--output', 'json'])
  expect(ended.exit, ended.out + ended.err).toBe(0)
  return (ended.json() as Backfill).backfill
}

async function refused(project: TestProject, ...args: readonly string[]): Promise<unknown> {
  const ended = await project.run(['backfill', 'p', ...args, '--output', 'json'])
  return { exit: ended.exit, ...(ended.json() as { readonly error: object }).error }
}

function segments(project: TestProject): Promise<readonly unknown[]> {
  const text = 'select as_of, customer, frequency, recency_days, segment from customers'
  return ask(project, text, 'marts/p-history.duckdb')
}

const truth = [
  { as_of: '2017-01-31', customer: 'c1', frequency: 1, recency_days: 21, segment: 'quiet' },
  { as_of: '2017-01-31', customer: 'c2', frequency: null, recency_days: null, segment: null },
  { as_of: '2017-02-28', customer: 'c1', frequency: 2, recency_days: 13, segment: 'recent' },
  { as_of: '2017-02-28', customer: 'c2', frequency: 1, recency_days: 27, segment: 'quiet' },
  { as_of: '2017-03-31', customer: 'c1', frequency: 2, recency_days: 44, segment: 'quiet' },
  { as_of: '2017-03-31', customer: 'c2', frequency: 1, recency_days: 58, segment: 'quiet' },
]

describe('backfill', () => {
  it('keeps keys, segments and scores of each date, reads its files once, and publishes and sends nothing else', async () => {
    using project = new TestProject({ 'orders.csv': orders, 'pipeline.yaml': pipeline() })
    const would = await backfill(project, ...months, '--dry-run')
    expect(would.dates.map(({ action }) => action)).toEqual(['run', 'run', 'run'])
    expect(existsSync(join(project.folder, 'marts'))).toBe(false)
    const done = await backfill(project, ...months)
    expect(done.dates.map(({ as_of, rows }) => [as_of, rows])).toEqual([
      ['2017-01-31', { customers: 2 }],
      ['2017-02-28', { customers: 2 }],
      ['2017-03-31', { customers: 2 }],
    ])
    expect(done.dates[0]!.steps_run).toBeGreaterThan(done.dates[1]!.steps_run)
    expect(await segments(project)).toEqual(truth)
    expect(existsSync(join(project.folder, 'marts/p.duckdb'))).toBe(false)
    expect(existsSync(join(project.folder, 'out'))).toBe(false)
    expect(existsSync(join(project.folder, '.sillage/p/work.duckdb'))).toBe(false)
    const noted = 'select table_name as t, column_name as name, "key", role from sillage.columns order by all'
    const columns = (await ask(project, noted, 'marts/p-history.duckdb')) as readonly {
      readonly t: string
      readonly name: string
      readonly key: boolean
      readonly role: string | null
    }[]
    expect(columns.every(({ t }) => t === 'customers')).toBe(true)
    expect(columns.filter(({ key }) => key).map(({ name }) => name)).toEqual(['as_of', 'customer'])
    expect(columns.find(({ name }) => name === 'segment')).toMatchObject({ role: 'segment' })
    expect(columns.find(({ name }) => name === 'recency_days')).toMatchObject({ role: 'score' })
  })

  it('keeps the dates that it has, replaces those that changed, and adds to the others', async () => {
    using project = new TestProject({ 'orders.csv': orders, 'pipeline.yaml': pipeline() })
    await backfill(project, '--from', '2017-01-31', '--to', '2017-02-28')
    expect(await backfill(project, '--from', '2017-01-31', '--to', '2017-02-28')).toMatchObject({
      published: false,
      dates: [{ action: 'reuse' }, { action: 'reuse' }],
    })
    rmSync(join(project.folder, '.sillage'), { recursive: true })
    const more = await backfill(project, ...months)
    expect(more.dates.map(({ action }) => action)).toEqual(['reuse', 'reuse', 'run'])
    expect(await segments(project)).toEqual(truth)
    project.write('pipeline.yaml', pipeline(50))
    const changed = await backfill(project, '--from', '2017-03-31', '--to', '2017-03-31')
    expect(changed).toMatchObject({ published: true, dates: [{ action: 'run' }] })
    expect(await segments(project)).toEqual([
      ...truth.slice(0, 4),
      { ...truth[4], segment: 'recent' },
      truth[5],
    ])
  })

  it('gives a column that came later to all dates, null where they have none', async () => {
    using project = new TestProject({ 'orders.csv': orders, 'pipeline.yaml': pipeline() })
    await backfill(project, '--from', '2017-02-28', '--to', '2017-02-28')
    project.write(
      'pipeline.yaml',
      pipeline()
        .replace(
          '  list:',
          '  second: { uses: segment/tiers, from: customers, with: { value: monetary, into: tier, tiers: [{ name: low, below: 20 }, { name: high, from: 20 }] } }\n  list:',
        )
        .replace('customers: { from: customers, key', 'customers: { from: second, key'),
    )
    await backfill(project, '--from', '2017-03-31', '--to', '2017-03-31')
    expect(
      await ask(project, 'select as_of, customer, segment, tier from customers', 'marts/p-history.duckdb'),
    ).toEqual([
      { as_of: '2017-02-28', customer: 'c1', segment: 'recent', tier: null },
      { as_of: '2017-02-28', customer: 'c2', segment: 'quiet', tier: null },
      { as_of: '2017-03-31', customer: 'c1', segment: 'quiet', tier: 'high' },
      { as_of: '2017-03-31', customer: 'c2', segment: 'quiet', tier: 'low' },
    ])
  })

  it('goes on after it was killed', async () => {
    const slow = '  slow: { uses: enrich/slow, from: lines, with: { rounds: 1 } }\n'
    using project = new TestProject({
      'sillage.yaml': 'plugins: ["./plugins/*.ts"]\n',
      'plugins/slow.ts': slowSql,
      'orders.csv': orders,
      'pipeline.yaml': pipeline(20, slow),
    })
    const days = ['--from', '2017-02-01', '--to', '2017-02-20', '--every', 'day']
    const child = project.start(['backfill', 'p', ...days])
    let told = ''
    child.stderr!.on('data', (part: Buffer) => {
      told += part.toString()
    })
    const ended = project.ended(child)
    await until(() => told.includes('2017-02-02'), 40)
    child.kill('SIGKILL')
    await ended
    const killed = await ask(project, 'select distinct as_of from customers', 'marts/p-history.duckdb')
    expect(killed[0]).toEqual({ as_of: '2017-02-01' })
    const { dates } = await backfill(project, ...days)
    expect(dates).toHaveLength(20)
    expect(dates.slice(0, 2).map(({ action }) => action)).toEqual(['reuse', 'reuse'])
    expect(dates.at(-1)!.action).toBe('run')
    expect(
      await ask(
        project,
        'select count(distinct as_of) as dates, count(*) as rows from customers',
        'marts/p-history.duckdb',
      ),
    ).toEqual([{ dates: 20, rows: 40 }])
  })

  it('publishes the dates that could be computed, and names the one that could not, whose earlier rows stay', async () => {
    const checked = pipeline().replace(
      'otherwise: quiet } }',
      'otherwise: quiet }, expect: [{ range: { column: frequency, max: 1 } }] }',
    )
    using project = new TestProject({ 'orders.csv': orders, 'pipeline.yaml': pipeline() })
    await backfill(project, '--from', '2017-02-28', '--to', '2017-02-28')
    project.write('pipeline.yaml', checked)
    const failed = await project.run(['backfill', 'p', ...months, '--output', 'json'])
    expect(failed.exit).toBe(1)
    expect(failed.json()).toMatchObject({
      backfill: {
        published: true,
        dates: [
          { as_of: '2017-01-31', action: 'run' },
          { as_of: '2017-02-28', action: 'failed', error: { code: 'check_failed', stage: 'customers' } },
          { as_of: '2017-03-31', action: 'failed' },
        ],
      },
      error: { code: 'backfill_incomplete', message: expect.stringContaining('2 of 3 dates') },
    })
    expect(await segments(project)).toEqual(truth.slice(0, 4))
    const told = await project.run(['backfill', 'p', ...months])
    expect(told.err).toMatch(/= 2017-01-31 kept\n✗ 2017-02-28 .*frequency|✗ 2017-02-28 .*check/)
    expect(told.err).toContain('2017-03-31 (check_failed)')
  })

  it('publishes nothing where no date could be computed', async () => {
    using project = new TestProject({
      'orders.csv': orders,
      'pipeline.yaml': pipeline().replace(
        'otherwise: quiet } }',
        'otherwise: quiet }, expect: [{ row_count: { min: 9 } }] }',
      ),
    })
    expect((await project.run(['backfill', 'p', ...months])).exit).toBe(1)
    expect(existsSync(join(project.folder, 'marts/p-history.duckdb'))).toBe(false)
  })

  it('gives the parameter behind as_of the day of each date', async () => {
    using project = new TestProject({
      'orders.csv': orders,
      'pipeline.yaml': pipeline()
        .replace(
          'as_of: 2017-06-01',
          'params: { day: { type: date, default: today } }\nas_of: "${param:day}"',
        )
        .replace('"recency_days < 20"', "\"date '${param:day}' - interval 20 day < date '2017-02-10'\""),
    })
    await backfill(project, ...months)
    expect((await segments(project)).map((row) => (row as { segment: string }).segment)).toEqual([
      'recent',
      'recent',
      'recent',
      'recent',
      'quiet',
      'quiet',
    ])
  })

  it('says what to type where it cannot', async () => {
    using project = new TestProject({
      'orders.csv': orders,
      'pipeline.yaml': pipeline()
        .replace('as_of: 2017-06-01\n', '')
        .replace(/ {2}rfm[\s\S]*(?=marts)/, '')
        .replace(/ {2}customers: .*\n/, ''),
    })
    expect(await refused(project, ...months)).toMatchObject({ exit: 78, code: 'backfill_without_as_of' })
    project.write(
      'pipeline.yaml',
      `${readFileSync(join(project.folder, 'pipeline.yaml'), 'utf8')}`.replace(
        'stages:',
        'as_of: 2017-06-01\nstages:',
      ),
    )
    expect(await refused(project, ...months)).toMatchObject({ exit: 78, code: 'history_empty' })
    expect(await refused(project, '--from', '2017-02-01', '--to', '2017-01-01')).toMatchObject({
      exit: 2,
      code: 'series_empty',
    })
    expect(await refused(project, '--from', '2017-02-30', '--to', '2017-03-01')).toMatchObject({
      exit: 2,
      code: 'usage',
    })
    project.write('pipeline.yaml', pipeline())
    project.write('other.yaml', pipeline().replace('pipeline: p\n', 'pipeline: p-history\n'))
    expect(await refused(project, ...months)).toMatchObject({ exit: 78, code: 'history_name_taken' })
  })
})
