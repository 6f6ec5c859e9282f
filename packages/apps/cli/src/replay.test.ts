import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { Database } from '@sillage/duckdb'
import { expect, test } from 'vitest'
import { succeeded } from './testing/outcome.ts'
import { TestProject } from './testing/project.ts'

const pipeline = (min: number) => `pipeline: shop
stages:
  raw: { uses: collect/csv, with: { path: orders.csv } }
  lines:
    uses: clean/contract
    from: raw
    with: { columns: { id: { type: integer, required: true }, amount: { type: "decimal(10,2)", min: ${min} } } }
  sized: { uses: segment/rules, from: lines, with: { into: size, rules: [ { name: big, when: "amount > 5" } ], otherwise: small } }
marts:
  orders: { from: sized, key: [id] }
`
const orders = (amounts: readonly (number | string)[]): string =>
  `id,amount\n${amounts.map((amount, id) => `${id},${amount}\n`).join('')}`

async function left(project: TestProject) {
  await using database = await Database.open({
    path: join(project.folder, '.sillage/shop/work.duckdb'),
    readOnly: true,
  })
  using session = await database.session()
  return {
    sized: await session.rows('from segment.sized order by id'),
    rejects: await session.rows('select * exclude (run, "at") from reject.lines order by all'),
    counts: await session.rows('select stage, rows_in, rows_out, rejected from sillage.current order by 1'),
    segments: await session.rows('select stage, rows from sillage.segments order by stage, first_row'),
    history: await session.rows('select line, codes from sillage.reject_history order by all'),
    runs: await session.rows('select distinct run from reject.lines'),
  }
}

test('after a rule is mended only refused rows go through again, and all is as if everything did', async () => {
  using project = new TestProject({
    'pipeline.yaml': pipeline(0),
    'orders.csv': orders([1, -4, 'x', 7, -20, 9]),
  })
  const first = succeeded(await project.run(['run', '--output', 'json']))
  expect(first.steps.find(({ stage }) => stage === 'lines')?.rejected).toBe(3)

  project.write('pipeline.yaml', pipeline(-10))
  const replayed = succeeded(await project.run(['replay', '--stage', 'lines', '--output', 'json']))
  expect(replayed.steps.find(({ stage }) => stage === 'lines')).toMatchObject({
    rows_in: 6,
    rows_out: 4,
    rejected: 2,
  })
  expect(replayed.replay).toEqual({ stage: 'lines', refused: 3, passed: 1 })
  expect(first.replay).toBeUndefined()
  const after = await left(project)
  expect(after.history).toEqual([
    { line: 3, codes: ['amount: below_min'] },
    { line: 4, codes: ['amount: not_decimal'] },
    { line: 6, codes: ['amount: below_min'] },
  ])
  expect(after.segments).toEqual([
    { stage: 'lines', rows: 3 },
    { stage: 'lines', rows: 3 },
    { stage: 'sized', rows: 3 },
    { stage: 'sized', rows: 1 },
  ])

  const again = await project.run(['replay', '--stage', 'lines', '--output', 'json'])
  expect(again.exit).toBe(1)
  expect(again.out).toContain('replay_impossible')
  expect(await left(project)).toEqual(after)

  rmSync(join(project.folder, '.sillage'), { recursive: true })
  succeeded(await project.run(['run', '--output', 'json']))
  const whole = await left(project)
  expect([after.sized, after.rejects, after.counts]).toEqual([whole.sized, whole.rejects, whole.counts])
})

test('after the source is mended in place its refused lines are read again; a line too many is told', async () => {
  using project = new TestProject({ 'pipeline.yaml': pipeline(0), 'orders.csv': orders([1, -4, 'x', 7]) })
  succeeded(await project.run(['run', '--output', 'json']))
  project.write('orders.csv', orders([1, 4, '8.50', 7]))
  succeeded(await project.run(['replay', '--stage', 'lines', '--output', 'json']))
  const { sized, rejects } = await left(project)
  expect(sized.map(({ amount }) => amount)).toEqual(['1.00', '4.00', '8.50', '7.00'])
  expect(rejects).toEqual([])
})

test('a replay says how many of the refused rows passed', async () => {
  using project = new TestProject({ 'pipeline.yaml': pipeline(0), 'orders.csv': orders([1, -4, -5, -20]) })
  succeeded(await project.run(['run', '--output', 'json']))
  project.write('pipeline.yaml', pipeline(-10))
  expect((await project.run(['replay', '--stage', 'lines'])).out).toContain(
    'lines: 2 of 3 refused rows passed; 1 stays refused',
  )
  project.write('pipeline.yaml', pipeline(-100))
  expect((await project.run(['replay', '--stage', 'lines'])).out).toMatch(
    /lines: 1 of 1 refused rows passed$/m,
  )
  project.write('pipeline.yaml', pipeline(2))
  const none = await project.run(['replay', '--stage', 'lines', '--output', 'json'])
  expect(none.exit).toBe(1)
  expect((none.json() as { readonly run: object }).run).not.toHaveProperty('replay')
})

test('a replay does not take new rows for read', async () => {
  using project = new TestProject({ 'pipeline.yaml': pipeline(0), 'orders.csv': orders([1, -4, 7]) })
  succeeded(await project.run(['run', '--output', 'json']))
  const before = await left(project)
  project.write('pipeline.yaml', pipeline(-10))
  project.write('orders.csv', orders([1, -4, 7, 9, -20]))
  const ended = await project.run(['replay', '--stage', 'lines', '--output', 'json'])
  expect(ended.exit).toBe(1)
  expect(ended.out).toContain('it would read 5 rows instead of 3: others came or went')
  expect(await left(project)).toEqual(before)
  succeeded(await project.run(['run', '--output', 'json']))
  expect((await left(project)).sized.map(({ amount }) => amount)).toEqual(['1.00', '-4.00', '7.00', '9.00'])
})

test('what cannot be replayed says why, and changes nothing', async () => {
  using project = new TestProject({ 'pipeline.yaml': pipeline(0), 'orders.csv': orders([1, -4, 7, -2]) })
  const replay = async (stage: string) => {
    const ended = await project.run(['replay', '--stage', stage, '--output', 'json'])
    return `${ended.exit} ${/"message": "(.*)"/.exec(ended.out)?.[1]}`
  }
  expect(await replay('lines')).toContain('1 \\"lines\\" never ran')
  succeeded(await project.run(['run', '--output', 'json']))
  const before = await left(project)
  expect(await replay('lins')).toContain('2 The pipeline has no stage')
  expect(await replay('sized')).toContain('refused no rows')
  project.write('orders.csv', orders([1, 4]))
  expect(await replay('lines')).toContain('1 of its 2 refused rows are found')
  expect(await left(project)).toEqual(before)
})

test('rows that stay cannot have a column that was added since', async () => {
  using project = new TestProject({ 'pipeline.yaml': pipeline(0), 'orders.csv': orders([1, -4, 7]) })
  succeeded(await project.run(['run', '--output', 'json']))
  const more = pipeline(-10).replace('columns: { id:', 'columns: { same: { from: id, type: text }, id:')
  project.write('pipeline.yaml', more)
  const ended = await project.run(['replay', '--stage', 'lines', '--output', 'json'])
  expect([ended.exit, ended.out]).toEqual([1, expect.stringContaining('its columns changed')])
})
