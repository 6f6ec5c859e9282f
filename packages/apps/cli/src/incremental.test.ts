import { appendFileSync, rmSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import { Database } from '@sillage/duckdb'
import { expect, test } from 'vitest'
import { succeeded } from './testing/outcome.ts'
import { TestProject } from './testing/project.ts'

const pipeline = `pipeline: shop
stages:
  raw: { uses: collect/csv, with: { path: "data/*.csv" } }
  lines:
    uses: clean/contract
    from: raw
    with: { columns: { id: { type: integer, required: true }, amount: { type: "decimal(10,2)", min: 0 }, email: { type: text } } }
  doubled: { uses: enrich/derive, from: lines, with: { columns: { twice: "amount * 2" } } }
  people:
    uses: clean/contacts
    from: doubled
    with: { email: email }
  totals: { uses: segment/rules, from: people, with: { into: size, rules: [ { name: big, when: "twice > 50" } ], otherwise: small } }
marts:
  totals: { from: totals, key: [id] }
`

const rows = (from: number, to: number): string =>
  Array.from({ length: to - from }, (_, index) => {
    const id = from + index
    if (id % 17 === 0) return `${id},minus one,p${id}@example.org\n`
    if (id % 23 === 0) return `${id},1.50\n`
    return `${id},${(id % 60) + 0.25},p${id}@example.org\n`
  }).join('')
const header = 'id,amount,email\n'

/** What a run left: mart and refused rows, in an order, and which run wrote how many rows of each table. */
async function left(project: TestProject) {
  await using database = await Database.open({
    path: join(project.folder, '.sillage/shop/work.duckdb'),
    readOnly: true,
  })
  using session = await database.session()
  const views = await session.rows(
    `select view_name as name from duckdb_views() where schema_name = 'reject'`,
  )
  const refused = views.map(({ name }) => `select file, line, raw, codes from reject.${name}`)
  return {
    totals: await session.rows('from segment.totals order by id'),
    rejects: await session.rows(`${refused.join(' union all ')} order by all`),
    counts: await session.rows('select stage, rows_in, rows_out, rejected from sillage.current order by 1'),
    segments: await session.rows('select stage, rows from sillage.segments order by stage, first_row'),
  }
}

async function afterFullRefresh(project: TestProject) {
  rmSync(join(project.folder, '.sillage'), { recursive: true })
  succeeded(await project.run(['run', '--output', 'json']))
  return await left(project)
}

test('a file added to a glob and lines added to a file: only they are read, and all is as if everything were', async () => {
  using project = new TestProject({
    'pipeline.yaml': pipeline,
    'data/a.csv': header + rows(0, 300),
    'data/b.csv': header + rows(300, 500),
  })
  succeeded(await project.run(['run', '--output', 'json']))
  expect((await left(project)).rejects).toHaveLength(50)

  project.write('data/c.csv', header + rows(500, 600))
  succeeded(await project.run(['run', '--output', 'json']))
  const second = await left(project)
  // Of the ids below 500 a cell is missing in 20, and 30 more have no number; of the next hundred in 5, and 6.
  const appended = (stage: string, ...counts: number[]) => counts.map((count) => ({ stage, rows: count }))
  expect(second.segments).toEqual([
    ...appended('doubled', 450, 89),
    ...appended('lines', 480, 95),
    ...appended('people', 450, 89),
    ...appended('totals', 450, 89),
  ])

  appendFileSync(join(project.folder, 'data/b.csv'), rows(600, 650))
  succeeded(await project.run(['run', '--output', 'json']))
  expect(project.files('.sillage/shop/scratch')).toEqual([])
  const third = await left(project)
  expect(third.segments.filter(({ stage }) => stage === 'lines')).toHaveLength(3)
  const whole = await afterFullRefresh(project)
  expect(third.totals).toEqual(whole.totals)
  expect(third.rejects).toEqual(whole.rejects)
  expect(third.counts).toEqual(whole.counts)
})

test('a file that changed where it was read already is read whole', async () => {
  using project = new TestProject({ 'pipeline.yaml': pipeline, 'data/a.csv': header + rows(1, 40) })
  succeeded(await project.run(['run', '--output', 'json']))
  project.write('data/a.csv', header + rows(2, 60))
  utimesSync(join(project.folder, 'data/a.csv'), new Date(), new Date(Date.now() + 2000))
  succeeded(await project.run(['run', '--output', 'json']))
  const second = await left(project)
  expect(second.segments.filter(({ stage }) => stage === 'lines')).toHaveLength(1)
  expect(second.totals).toEqual((await afterFullRefresh(project)).totals)
})

test('a file that grew so that its first line is no header any more is read whole', async () => {
  using project = new TestProject({
    'pipeline.yaml': `pipeline: shop
stages:
  raw: { uses: collect/csv, with: { path: data.csv, names: [code, amount], all_text: true } }
  totals: { uses: enrich/derive, from: raw, with: { columns: { id: code } } }
marts: { totals: { from: totals } }
`,
    'data.csv': 'A-1,5\n7,3\n8,4\n',
  })
  const ids = async () => {
    succeeded(await project.run(['run', '--output', 'json']))
    const { out } = await project.run(['query', 'shop', 'select id from totals order by id'])
    return out.split('\n').slice(2, -2)
  }
  await ids()
  appendFileSync(join(project.folder, 'data.csv'), 'B-2,9\n')
  const grown = await ids()
  rmSync(join(project.folder, '.sillage'), { recursive: true })
  expect(grown).toEqual(await ids())
})

test('new rows that give a column another type are not appended to rows of the old one', async () => {
  using project = new TestProject({
    'pipeline.yaml': `pipeline: shop
stages:
  raw: { uses: collect/csv, with: { path: data.csv } }
  kept: { uses: clean/contract, from: raw, with: { columns: { id: { type: integer }, amount: { type: text } } } }
marts: { kept: { from: kept, key: [id] } }
`,
    'data.csv': 'id,amount\n1,10.5\n2,7.0\n',
  })
  const amounts = async () => {
    succeeded(await project.run(['run', '--output', 'json']))
    const { out } = await project.run(['query', 'shop', 'select amount from kept order by id'])
    return out.split('\n').slice(2, -2)
  }
  await amounts()
  appendFileSync(join(project.folder, 'data.csv'), '3,1.25\n')
  const grown = await amounts()
  rmSync(join(project.folder, '.sillage'), { recursive: true })
  expect(grown).toEqual(await amounts())
})

test('what was found out about a file with other options is not believed', async () => {
  const source = (options: string) => `pipeline: shop
stages:
  raw: { uses: collect/csv, with: { path: data.csv${options} } }
  totals: { uses: enrich/derive, from: raw, with: { columns: { twice: "id" } } }
marts: { totals: { from: totals } }
`
  // The text stands behind the part of the file from which types are guessed.
  const numbers = Array.from({ length: 60_000 }, (_, id) => `${id},${id}\n`).join('')
  using project = new TestProject({
    'pipeline.yaml': source(', nulls: [NA]'),
    'data.csv': `id,amount\n${numbers}60000,NA\n`,
  })
  const type = async () => {
    succeeded(await project.run(['run', '--output', 'json']))
    const { out } = await project.run(['query', 'shop', 'select typeof(amount) as t from totals limit 1'])
    return out.split('\n')[2]
  }
  expect(await type()).toBe('BIGINT')
  project.write('pipeline.yaml', source(''))
  expect(await type()).toBe('VARCHAR')
})

interface Planned {
  readonly steps: readonly { readonly stage: string; readonly action: string; readonly reason: string }[]
}

async function planned(project: TestProject, ...args: readonly string[]) {
  const ended = await project.run(['plan', '--output', 'json', ...args])
  expect(ended.exit, ended.err).toBe(0)
  const { steps } = ended.json() as Planned
  return Object.fromEntries(steps.map(({ stage, action, reason }) => [stage, `${action}: ${reason}`]))
}

test('plan says of each step whether it runs and why', async () => {
  using project = new TestProject({ 'pipeline.yaml': pipeline, 'data/a.csv': header + rows(1, 40) })
  expect((await planned(project)).lines).toBe('run: it never ran')
  succeeded(await project.run(['run', '--output', 'json']))
  for (const said of Object.values(await planned(project))) expect(said).toMatch(/^reuse/)

  appendFileSync(join(project.folder, 'data/a.csv'), '40,1.00,p40@example.org\n')
  project.write('data/b.csv', header + rows(41, 50))
  project.write('pipeline.yaml', pipeline.replace('amount * 2', 'amount * 3').replace('> 50', '> 60'))
  expect(await planned(project)).toEqual({
    raw: 'run: b.csv is new; a.csv grew by 24 bytes; computed in lines',
    lines: 'run: raw: b.csv is new; a.csv grew by 24 bytes',
    doubled: 'run: `with.columns` changed',
    people: 'run: doubled runs',
    totals: 'run: `with.rules` changed',
  })
  expect((await planned(project, '--select', 'doubled')).people).toBe('skip: not selected')
  expect((await planned(project, '--full-refresh')).totals).toBe('run: --full-refresh')
})

test('JSON lines that grew, and a Parquet file beside others that lacks a column, are read as if all were', async () => {
  const json = (from: number, to: number) =>
    Array.from({ length: to - from }, (_, index) => {
      const id = from + index
      if (id % 7 === 0) return '{"id": broken}\n'
      if (id % 5 === 0) return `{"id": "x${id}"}\n`
      return `${JSON.stringify({ id, ...(id > 30 ? { late: true } : {}) })}\n`
    }).join('')
  const shop = (uses: string, path: string) => `pipeline: shop
stages:
  raw: { uses: collect/${uses}, with: { path: "${path}"${uses === 'json' ? ', all_text: true, columns: { id: id, late: late }' : ''} } }
  lines: { uses: clean/contract, from: raw, with: { columns: { id: { type: integer, required: true }, late: { type: text } } } }
  totals: { uses: segment/rules, from: lines, with: { into: size, rules: [ { name: big, when: "id > 20" } ], otherwise: small } }
marts: { totals: { from: totals } }
`
  using project = new TestProject({ 'pipeline.yaml': shop('json', 'a.jsonl'), 'a.jsonl': json(1, 30) })
  succeeded(await project.run(['run', '--output', 'json']))
  appendFileSync(join(project.folder, 'a.jsonl'), json(30, 60))
  succeeded(await project.run(['run', '--output', 'json']))
  const grown = await left(project)
  expect(grown.segments.filter(({ stage }) => stage === 'lines')).toHaveLength(2)
  const { segments: _, ...whole } = await afterFullRefresh(project)
  expect(grown).toMatchObject(whole)

  await using database = await Database.open({ path: ':memory:' })
  using session = await database.session()
  const write = (file: string, select: string) =>
    session.run(`copy (${select}) to '${join(project.folder, file)}' (format parquet)`)
  await write('1.parquet', "select range as id, 'x' as late from range(40)")
  project.write('pipeline.yaml', shop('parquet', '*.parquet'))
  succeeded(await project.run(['run', '--output', 'json']))
  await write('2.parquet', 'select (range + 40)::int as id from range(5)')
  succeeded(await project.run(['run', '--output', 'json']))
  const more = await left(project)
  expect(more.segments.filter(({ stage }) => stage === 'lines')).toEqual([
    { stage: 'lines', rows: 40 },
    { stage: 'lines', rows: 5 },
  ])
  const { segments: __, ...all } = await afterFullRefresh(project)
  expect(more).toMatchObject(all)
})

const purchases = `pipeline: shop
as_of: 2024-06-01
stages:
  raw: { uses: collect/csv, with: { path: "data/*.csv", all_text: true } }
  lines:
    uses: clean/contract
    from: raw
    with: { columns: { customer: { type: integer }, at: { type: date, required: true }, amount: { type: "decimal(10,2)" } } }
  doubled: { uses: enrich/derive, from: lines, with: { columns: { twice: "amount * 2" } } }
  rfm:
    uses: score/rfm
    from: doubled
    with: { customer: customer, at: at, amount: twice, recency: { bands: [30], points: [1, 0] }, frequency: { bands: [5], points: [0, 1] }, monetary: { bands: [9], points: [0, 1] } }
marts: { rfm: { from: rfm } }
`
const bought = (from: number, to: number, customers: number): string =>
  `customer,at,amount\n${Array.from({ length: to - from }, (_, index) => {
    const id = from + index
    const customer = id % 31 === 0 ? '' : (id * 7) % customers
    return `${customer},2024-0${1 + (id % 5)}-1${id % 9},${id}.5\n`
  }).join('')}`

test('only the groups of new rows are made again, and all is as if all were', async () => {
  using project = new TestProject({ 'pipeline.yaml': purchases, 'data/a.csv': bought(0, 400, 50) })
  succeeded(await project.run(['run', '--output', 'json']))
  const path = join(project.folder, '.sillage/shop/work.duckdb')
  const mark = async (customer: number) => {
    await using database = await Database.open({ path })
    using session = await database.session()
    await session.run(`update step.rfm set monetary = -1 where customer = ${customer}`)
  }
  const figures = async () => {
    await using database = await Database.open({ path, readOnly: true })
    using session = await database.session()
    return await session.rows('from score.rfm order by customer')
  }
  await mark(3)
  await mark(4)
  project.write('data/b.csv', 'customer,at,amount\n4,2024-05-20,1\n,2024-05-21,2\n999,2024-05-22,3\n')
  succeeded(await project.run(['run', '--output', 'json']))
  const partly = await figures()
  expect(partly.filter(({ monetary }) => Number(monetary) === -1).map(({ customer }) => customer)).toEqual([
    3,
  ])

  rmSync(join(project.folder, '.sillage'), { recursive: true })
  succeeded(await project.run(['run', '--output', 'json']))
  const whole = await figures()
  expect(partly.filter(({ customer }) => customer !== 3)).toEqual(
    whole.filter(({ customer }) => customer !== 3),
  )
  // Fifths of all customers depend on all of them.
  project.write(
    'pipeline.yaml',
    purchases.replace(
      'recency: { bands: [30], points: [1, 0] }, frequency: { bands: [5], points: [0, 1] }, monetary: { bands: [9], points: [0, 1] }',
      'quintiles: true',
    ),
  )
  succeeded(await project.run(['run', '--output', 'json']))
  await mark(3)
  project.write('data/c.csv', 'customer,at,amount\n4,2024-05-20,1\n')
  succeeded(await project.run(['run', '--output', 'json']))
  expect((await figures()).some(({ monetary }) => Number(monetary) === -1)).toBe(false)
})

test('a stage that reads the same relations in other roles runs again', async () => {
  const shop = (from: string) => `pipeline: shop
stages:
  a: { uses: collect/csv, with: { path: a.csv } }
  b: { uses: collect/csv, with: { path: b.csv } }
  c: { uses: collect/csv, with: { path: c.csv } }
  known: { uses: enrich/join, from: ${from}, with: { on: [id], columns: { found: note } } }
marts: { known: { from: known } }
`
  using project = new TestProject({
    'a.csv': 'id,note\n1,a\n',
    'b.csv': 'id,note\n2,b\n',
    'c.csv': 'id,note\n1,c\n',
  })
  const rows = async (from: string) => {
    project.write('pipeline.yaml', shop(from))
    const { steps } = succeeded(await project.run(['run', '--output', 'json']))
    return steps.find(({ stage }) => stage === 'known')?.rows_out
  }
  expect(await rows('{ left: [a, b], right: c }')).toBe(2)
  expect(await rows('{ left: a, right: [b, c] }')).toBe(1)
})

test('after an upgrade of DuckDB every step runs anew, and plan says so', async () => {
  using project = new TestProject({ 'pipeline.yaml': pipeline, 'data/a.csv': header + rows(1, 40) })
  succeeded(await project.run(['run', '--output', 'json']))
  const now = await (async () => {
    await using database = await Database.open({ path: join(project.folder, '.sillage/shop/work.duckdb') })
    using session = await database.session()
    const { version } = await session.row<{ version: string }>('select version() as version')
    await session.run(
      `update sillage.parts set fingerprint = 'of 1.4.0', parts = replace(parts, '"duckdb":"${version.slice(1)}"', '"duckdb":"1.4.0"')`,
    )
    await session.run(`update sillage.current set fingerprint = 'of 1.4.0'`)
    return version.slice(1)
  })()
  const reasons = Object.values(await planned(project))
  expect(reasons).toHaveLength(5)
  for (const reason of reasons) expect(reason).toMatch(`run: DuckDB 1.4.0 → ${now}`)
  const { steps } = succeeded(await project.run(['run', '--output', 'json']))
  expect(steps.map(({ action }) => action)).toEqual(Array(5).fill('run'))
  for (const said of Object.values(await planned(project))) expect(said).toMatch(/^reuse/)
})

test('a file whose new lines end in another way is read as it was, and whole', async () => {
  using project = new TestProject({
    'pipeline.yaml': `pipeline: shop
stages:
  raw: { uses: collect/csv, with: { path: data.csv } }
  totals: { uses: enrich/derive, from: raw, with: { columns: { twice: "id * 2" } } }
marts: { totals: { from: totals } }
`,
    'data.csv': 'id,name\r\n1,a\r\n2,b\r\n',
  })
  const ids = async () => {
    succeeded(await project.run(['run', '--output', 'json']))
    const { out } = await project.run(['query', 'shop', 'select id from totals order by id'])
    return out.split('\n').slice(2, -2).map(Number)
  }
  expect(await ids()).toEqual([1, 2])
  appendFileSync(join(project.folder, 'data.csv'), '3,c\n4,d\n')
  expect(await ids()).toEqual([1, 2, 3, 4])
  appendFileSync(join(project.folder, 'data.csv'), '5,e\r6,f\r')
  expect(await ids()).toEqual([1, 2, 3, 4, 5, 6])
})

test('a step whose table somebody dropped is made again', async () => {
  using project = new TestProject({ 'pipeline.yaml': pipeline, 'data/a.csv': header + rows(1, 40) })
  succeeded(await project.run(['run', '--output', 'json']))
  const before = await left(project)
  {
    await using database = await Database.open({ path: join(project.folder, '.sillage/shop/work.duckdb') })
    using session = await database.session()
    await session.run('drop table step.people')
  }
  expect((await planned(project)).people).toMatch(/^run/)
  succeeded(await project.run(['run', '--output', 'json']))
  expect(await left(project)).toEqual(before)
})

const numbered = (count: number, line: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => line(index)).join('')
const seven = (index: number): string => String(index).padStart(7, '0')

test.each([
  ['csv', 'id,v\n', (index: number) => `${index},value${seven(index)}\n`, '999999,new\n'],
  [
    'json',
    '',
    (index: number) => `{"id": ${index}, "v": "value${seven(index)}"}\n`,
    '{"id": 999999, "v": "new"}\n',
  ],
])(
  'a file of %s that grew and changed where it was read before is read whole',
  async (kind, head, line, added) => {
    const before = head + numbered(20_000, line)
    using project = new TestProject({
      'sillage.yaml': 'pipelines: ["*.yaml"]\n',
      'f.txt': before,
      'p.yaml': `pipeline: p
stages:
  a: { uses: collect/${kind}, with: { path: f.txt } }
  b: { uses: clean/contract, from: a, with: { columns: { id: { type: integer }, v: { type: text } } } }
marts: { m: { from: b } }
`,
    })
    const figures = async () =>
      (
        (
          await project.run([
            'query',
            'p',
            "select count(*) as n, count(*) filter (v like 'VALUE%') as changed from m",
            '--output',
            'json',
          ])
        ).json() as { readonly rows: readonly unknown[] }
      ).rows[0]
    succeeded(await project.run(['run', '--output', 'json']))
    const same = before + added
    project.write('f.txt', same)
    succeeded(await project.run(['run', '--output', 'json']))
    expect(await figures()).toEqual({ n: 20_001, changed: 0 })
    const changed = same.replace('value0005000', 'VALUE0005000')
    project.write('f.txt', `${changed}${added}`)
    succeeded(await project.run(['run', '--output', 'json']))
    expect(await figures()).toEqual({ n: 20_002, changed: 1 })
  },
)

test('--full-refresh publishes where the rows are others than those that were published, and only there', async () => {
  using project = new TestProject({
    'sillage.yaml': 'pipelines: ["*.yaml"]\nplugins: ["./plugins/*.ts"]\n',
    'plugins/own.ts': `import { readFileSync } from 'node:fs'
import { defineSource, sql, t } from '@sillage/sdk'
export default defineSource({ name: 'collect/own', summary: 'A test.', description: 'A test.', examples: [], config: t.object({ path: t.path() }),
  scan: async ({ config, context }) => ({ files: [], select: () => sql\`select * from read_csv(\${context.resolve(config.path)}, header = true, all_varchar = true)\` }) })
`,
    'f.csv': 'id\n1\n',
    'p.yaml':
      'pipeline: p\nstages:\n  a: { uses: collect/own, with: { path: f.csv } }\nmarts: { m: { from: a } }\n',
  })
  const mart = async (args: readonly string[] = []) => {
    succeeded(await project.run(['run', '--output', 'json', ...args]))
    const shown = await project.run(['query', 'p', 'select id, run from m, sillage.runs', '--output', 'json'])
    return (shown.json() as { readonly rows: readonly { readonly id: string; readonly run: string }[] })
      .rows[0]!
  }
  const first = await mart()
  project.write('f.csv', 'id\n2\n')
  expect(await mart()).toEqual(first)
  const second = await mart(['--full-refresh'])
  expect(second.id).toBe('2')
  expect(await mart(['--full-refresh'])).toEqual(second)
})
