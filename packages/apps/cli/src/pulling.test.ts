import { join } from 'node:path'
import { Database } from '@sillage/duckdb'
import { expect, test } from 'vitest'
import { ask } from './testing/history.ts'
import { failure, succeeded } from './testing/outcome.ts'
import { Pages } from './testing/pages.ts'
import { TestProject } from './testing/project.ts'

/** Source of a plugin that reads an API page by page; `change` edits it. */
const plugin = (change: (source: string) => string = (same) => same): string =>
  change(`import { defineSource, sourceFailed, t } from '@sillage/sdk'
export default defineSource({
  name: 'collect/pages', summary: 'Pages of an API.', examples: [],
  config: t.object({ url: t.text(), token: t.optional(t.text()) }),
  columns: () => [{ name: 'id', type: 'bigint' }, { name: 'amount', type: 'varchar' }],
  retry: () => ({ attempts: 3, firstWaitMs: 10, longestWaitMs: 20 }),
  read: async function* ({ config, since, context, make }) {
    let after = since === undefined ? 0 : JSON.parse(since).after
    for (;;) {
      const headers = config.token === undefined ? {} : { authorization: config.token }
      const answer = await fetch(config.url + '/orders?after=' + after, { signal: context.signal, headers })
      if (!answer.ok)
        throw sourceFailed({ code: 'api_failed', message: 'the API answered ' + answer.status + ' to ' + config.token, hint: 'ask again', retryable: answer.status >= 500 })
      const { rows, next } = await answer.json()
      if (rows.length === 0) return
      after = next
      const batch = make.batch({ id: make.integer(rows.map((row) => row.id)), amount: make.text(rows.map((row) => String(row.amount))) })
      yield { batch, cursor: JSON.stringify({ after }) }
    }
  },
})
`)

const pipeline = (url: string, more = ''): string => `pipeline: shop
stages:
  orders: { uses: collect/pages, with: { url: "${url}"${more} } }
  lines:
    uses: clean/contract
    from: orders
    with: { columns: { id: { type: integer, required: true }, amount: { type: "decimal(10,2)", min: 0 } } }
  doubled: { uses: enrich/derive, from: lines, with: { columns: { twice: "amount * 2" } } }
  totals: { uses: segment/rules, from: doubled, with: { into: size, rules: [ { name: big, when: "twice > 50" } ], otherwise: small } }
marts:
  totals: { from: totals, key: [id] }
`

function projectOf(pages: Pages, source = plugin(), more = ''): TestProject {
  return new TestProject({
    'sillage.yaml': 'plugins: ["./plugins/*.ts"]\n',
    'plugins/pages.ts': source,
    'pipeline.yaml': pipeline(pages.url, more),
  })
}

const run = (project: TestProject, ...args: readonly string[]) =>
  project.run(['run', '--output', 'json', ...args])

/** What a run left in the working database. */
async function left(project: TestProject) {
  await using database = await Database.open({
    path: join(project.folder, '.sillage/shop/work.duckdb'),
    readOnly: true,
  })
  using session = await database.session()
  return {
    totals: await session.rows('from segment.totals order by id'),
    counts: await session.rows('select stage, rows_in, rows_out, rejected from sillage.current order by 1'),
    fingerprints: await session.rows('select stage, fingerprint from sillage.current order by 1'),
    segments: await session.rows('select stage, rows from sillage.segments order by stage, first_row'),
    cursors: await session.rows('select stage, cursor, rows, batches from sillage.cursors'),
  }
}

const segmentsOf = (all: Awaited<ReturnType<typeof left>>, stage: string) =>
  all.segments.filter((segment) => segment.stage === stage).map(({ rows }) => rows)

const actions = ({
  steps,
}: {
  readonly steps: readonly { readonly stage: string; readonly action: string }[]
}) => Object.fromEntries(steps.map(({ stage, action }) => [stage, action]))

const asked = (...after: readonly number[]) => after.map((one) => `/orders?after=${one}`)

test('every run asks only for what came after the last, and only new rows go down', async () => {
  using pages = await Pages.open(50, 20)
  using project = projectOf(pages)
  succeeded(await run(project))
  expect(pages.take()).toEqual(asked(0, 20, 40, 50))
  const first = await left(project)
  expect(first.cursors).toEqual([{ stage: 'orders', cursor: '{"after":50}', rows: 50, batches: 3 }])
  expect(segmentsOf(first, 'orders')).toEqual([50])

  const still = succeeded(await run(project))
  expect(pages.take()).toEqual(asked(50))
  expect(actions(still)).toEqual({ orders: 'reuse', lines: 'reuse', doubled: 'reuse', totals: 'reuse' })
  expect((await left(project)).fingerprints).toEqual(first.fingerprints)

  pages.rows = 75
  const grown = succeeded(await run(project))
  expect(pages.take()).toEqual(asked(50, 70, 75))
  expect(actions(grown)).toEqual({ orders: 'run', lines: 'run', doubled: 'run', totals: 'run' })
  const third = await left(project)
  expect(segmentsOf(third, 'orders')).toEqual([50, 25])
  // Of the ids from 51 to 75, three are divisible by seven and refused.
  expect(segmentsOf(third, 'lines')).toEqual([50, 25])
  expect(segmentsOf(third, 'totals')).toEqual([43, 22])

  succeeded(await run(project, '--full-refresh'))
  expect(pages.take()).toEqual(asked(0, 20, 40, 60, 75))
  const whole = await left(project)
  expect(segmentsOf(whole, 'orders')).toEqual([75])
  expect(third.totals).toEqual(whole.totals)
  expect(third.counts).toEqual(whole.counts)
  expect(third.fingerprints).toEqual(whole.fingerprints)
})

test.each(['step.before_commit@3', 'step.after_commit@2'])(
  'killed at %s, the next run goes on behind the last committed batch',
  async (fault) => {
    using pages = await Pages.open(90, 20)
    using project = projectOf(pages)
    expect((await project.run(['run'], { SILLAGE_FAULT: fault })).exit).toBe(-1)
    expect(pages.take()).toEqual(fault.includes('before') ? asked(0, 20, 40) : asked(0, 20))
    const resumed = succeeded(await run(project))
    expect(actions(resumed).orders).toBe('resume')
    expect(pages.take()).toEqual(asked(40, 60, 80, 90))
    const after = await left(project)
    succeeded(await run(project, '--full-refresh'))
    const whole = await left(project)
    expect(after.totals).toEqual(whole.totals)
    expect(after.fingerprints).toEqual(whole.fingerprints)
  },
)

test('a process that is killed while it waits for a page fetches no page again', async () => {
  using pages = await Pages.open(90, 20)
  using project = projectOf(pages)
  const child = project.start(['run'])
  pages.instead = (path) => {
    if (!path.endsWith('after=40')) return false
    child.kill('SIGKILL')
    return true
  }
  await project.ended(child)
  pages.instead = () => false
  expect(pages.take()).toEqual(asked(0, 20, 40))
  succeeded(await run(project))
  expect(pages.take()).toEqual(asked(40, 60, 80, 90))
  expect(await ask(project, 'select count(*) as n, count(distinct id) as ids from totals', 'shop')).toEqual([
    { n: 78, ids: 78 },
  ])
})

test('what fails for the moment is asked again, from the last committed batch, and each batch renews the budget', async () => {
  using pages = await Pages.open(90, 20)
  using project = projectOf(pages)
  let failures = 0
  pages.instead = (_, response) => {
    if (pages.asked.length % 2 === 0) return false
    failures += 1
    response.writeHead(503).end()
    return true
  }
  succeeded(await run(project))
  expect(failures).toBe(6)
  expect(pages.take()).toEqual(asked(0, 0, 20, 20, 40, 40, 60, 60, 80, 80, 90, 90))
})

test('a failure that lasts, or that no waiting mends, names stage, plugin and next action; batches and marts stay', async () => {
  using pages = await Pages.open(30, 20)
  using project = projectOf(pages, plugin(), ', token: "${secret:key}"')
  const env = { SILLAGE_SECRET_KEY: 'hush-hush-1' }
  succeeded(await project.run(['run', '--output', 'json'], env))
  pages.take()
  pages.rows = 90
  for (const [status, times] of [
    [401, 1],
    [503, 3],
  ] as const) {
    pages.instead = (path, response) => {
      if (!path.endsWith('after=50')) return false
      response.writeHead(status).end()
      return true
    }
    const error = failure(await project.run(['run', '--output', 'json'], env))
    expect(error).toMatchObject({ code: 'api_failed', stage: 'orders', hint: 'ask again' })
    expect(error.message).toContain('plugin collect/pages failed: the API answered')
    expect(JSON.stringify(error)).not.toContain('hush-hush-1')
    expect(pages.take().filter((path) => path.endsWith('after=50'))).toHaveLength(times)
    expect((await left(project)).cursors).toMatchObject([{ cursor: '{"after":50}', rows: 50 }])
    expect(await ask(project, 'select count(*) as n from totals', 'shop')).toEqual([{ n: 26 }])
  }
  expect(project.files('.sillage').join('\n')).not.toContain('hush-hush-1')
})

test('another configuration starts from nothing; the old rows stay until the first batch is there', async () => {
  using pages = await Pages.open(30, 20)
  using project = projectOf(pages)
  succeeded(await run(project))
  using other = await Pages.open(10, 20)
  other.instead = (_, response) => {
    response.writeHead(404).end()
    return true
  }
  project.write('pipeline.yaml', pipeline(other.url))
  failure(await run(project))
  expect((await left(project)).cursors).toMatchObject([{ rows: 30 }])
  other.instead = () => false
  other.take()
  succeeded(await run(project))
  expect(other.take()).toEqual(asked(0, 10))
  expect((await left(project)).cursors).toMatchObject([{ rows: 10, batches: 1 }])
})

test('a sample takes some rows and keeps no cursor; plan and validate ask no one; a dry run reads', async () => {
  using pages = await Pages.open(50, 20)
  using project = projectOf(pages)
  const planned = async () => {
    const { steps } = (await project.run(['plan', '--output', 'json'])).json() as {
      readonly steps: readonly { readonly stage: string; readonly action: string; readonly reason: string }[]
    }
    return Object.fromEntries(steps.map(({ stage, action, reason }) => [stage, `${action}: ${reason}`]))
  }
  expect((await project.run(['validate'])).exit).toBe(0)
  expect(await planned()).toMatchObject({ orders: 'run: nothing was read yet', lines: 'run: it never ran' })
  expect(pages.take()).toEqual([])
  for (const _ of [1, 2]) {
    const { steps } = succeeded(await run(project, '--sample', '25'))
    expect(steps.find(({ stage }) => stage === 'orders')!.rows_out).toBe(25)
    expect(pages.take()).toEqual(asked(0, 20))
  }
  succeeded(await run(project, '--dry-run'))
  expect(pages.take()).toEqual(asked(0, 20, 40, 50))
  expect(await planned()).toMatchObject({
    orders: 'run: asks for what came after {"after":50}',
    lines: 'reuse: nothing changed, unless rows come from orders',
  })
  expect(pages.take()).toEqual([])
  project.write('pipeline.yaml', pipeline(`${pages.url}/`))
  expect((await planned()).orders).toBe('run: `with.url` changed; reads from the beginning')
})

test.each<[string, (source: string) => string, string]>([
  [
    'other columns',
    (source) => source.replace('make.batch({ id:', 'make.batch({ number:'),
    'columns [number, amount]',
  ],
  ['another type', (source) => source.replace('make.integer', 'make.double'), 'column "id" is Float64'],
  [
    'no cursor',
    (source) => source.replace('cursor: JSON.stringify({ after })', 'cursor: undefined'),
    'the cursor is JSON text',
  ],
  [
    'a cursor that stands still',
    (source) => source.replace('JSON.stringify({ after })', "'1'"),
    'did not move though 20 rows came',
  ],
])('a batch with %s is refused by the name of the plugin', async (_, change, said) => {
  using pages = await Pages.open(50, 20)
  using project = projectOf(pages, plugin(change))
  const error = failure(await run(project))
  expect(error).toMatchObject({ code: 'plugin_output', stage: 'orders' })
  expect(error.message).toContain('plugin collect/pages gave what it did not declare')
  expect(error.message).toContain(said)
})

test('a run that is told to end while a source does not answer ends at once', async () => {
  using pages = await Pages.open(50, 20)
  using project = projectOf(pages)
  const child = project.start(['run', '--output', 'json'])
  pages.instead = (path) => {
    if (path.endsWith('after=20')) child.kill('SIGINT')
    return path.endsWith('after=20')
  }
  expect((await project.ended(child)).exit).toBe(130)
  pages.instead = () => false
  pages.take()
  succeeded(await run(project))
  expect(pages.take()).toEqual(asked(20, 40, 50))
})

test('a backfill computes every date on what the last run read', async () => {
  using pages = await Pages.open(30, 20)
  using project = projectOf(pages)
  project.write('pipeline.yaml', pipeline(pages.url).replace('stages:', 'as_of: 2026-01-31\nstages:'))
  const backfill = (to: string) =>
    project.run([
      'backfill',
      'shop',
      '--from',
      '2026-01-01',
      '--to',
      to,
      '--every',
      'day',
      '--output',
      'json',
    ])
  const early = await backfill('2026-01-02')
  expect(early.exit).toBe(1)
  expect(early.err + early.out).toContain('source_not_read')
  expect(pages.take()).toEqual([])
  succeeded(await run(project))
  pages.take()
  pages.rows = 50
  expect((await backfill('2026-01-02')).exit).toBe(0)
  const dates = () =>
    ask(
      project,
      'select as_of, count(*) as n from totals group by all order by all',
      'marts/shop-history.duckdb',
    )
  expect(await dates()).toEqual([
    { as_of: '2026-01-01', n: 26 },
    { as_of: '2026-01-02', n: 26 },
  ])
  expect(pages.take()).toEqual([])
  succeeded(await run(project))
  expect((await backfill('2026-01-01')).exit).toBe(0)
  expect(await dates()).toMatchObject([{ n: 43 }, { n: 26 }])
})

test('who asked to be forgotten stays out of what comes, and no one is asked again for what was read', async () => {
  using pages = await Pages.open(50, 20)
  using project = projectOf(pages)
  succeeded(await run(project))
  pages.take()
  expect((await project.run(['forget', 'shop', '--key', 'id=22', '--output', 'json'])).out).toContain(
    'receipt',
  )
  pages.rows = 75
  const steps = succeeded(await run(project)).steps
  expect(pages.take()).toEqual(asked(50, 70, 75))
  expect(steps.find(({ stage }) => stage === 'orders')).toMatchObject({ rows_out: 74, filtered: 1 })
  const ids = () => ask(project, 'select id from totals where id between 20 and 24 order by 1', 'shop')
  expect(await ids()).toEqual([{ id: 20 }, { id: 23 }, { id: 24 }])
  const grown = await left(project)
  const refreshed = succeeded(await run(project, '--full-refresh')).steps
  expect(refreshed.find(({ stage }) => stage === 'orders')).toMatchObject({ rows_out: 74, filtered: 1 })
  const whole = await left(project)
  expect(whole.totals).toEqual(grown.totals)
  expect(whole.fingerprints).toEqual(grown.fingerprints)
})

test('refused rows are replayed without asking', async () => {
  using pages = await Pages.open(50, 20)
  using project = projectOf(pages)
  succeeded(await run(project))
  pages.take()
  pages.rows = 75
  project.write('pipeline.yaml', pipeline(pages.url).replace('min: 0', 'min: 0, nulls: [none]'))
  succeeded(await project.run(['replay', 'shop', '--stage', 'lines', '--output', 'json']))
  expect(pages.take()).toEqual([])
})

test('an empty source is an empty table', async () => {
  using pages = await Pages.open(0, 20)
  using project = projectOf(pages)
  succeeded(await run(project))
  pages.rows = 8
  succeeded(await run(project))
  expect((await left(project)).counts).toMatchObject([
    { stage: 'lines', rows_in: 8, rows_out: 7, rejected: 1 },
    { stage: 'orders', rows_in: null, rows_out: 8 },
    { stage: 'totals', rows_out: 7 },
  ])
})

test('collect/http: killed at the third page, refused by the server, gone: the marts stay, and no page comes twice', async () => {
  using pages = await Pages.open(90, 20)
  const own = pipeline(pages.url).replace(
    /orders: .*/,
    `orders: { uses: collect/http, with: { url: "${pages.url}/orders", records: $.rows, next: $.next, parameter: after, columns: { id: id, amount: amount }, headers: { authorization: "Bearer \${secret:key}" }, attempts: 2 } }`,
  )
  using project = new TestProject({ 'pipeline.yaml': own })
  const env = { SILLAGE_SECRET_KEY: 'hush-hush-1' }
  const unknown = await project.run(['run', '--output', 'json'])
  expect(failure(unknown, 78).code).toBe('secret_missing')
  const child = project.start(['run'], env)
  pages.instead = (path) => {
    if (!path.endsWith('after=40')) return false
    child.kill('SIGKILL')
    return true
  }
  await project.ended(child)
  expect(pages.take()).toEqual(['/orders', '/orders?after=20', '/orders?after=40'])
  expect(pages.headers[0]!.authorization).toBe('Bearer hush-hush-1')
  let failures = 0
  pages.instead = (_, response) => {
    failures += 1
    if (failures > 1) return false
    response.writeHead(503).end()
    return true
  }
  succeeded(await project.run(['run', '--output', 'json'], env))
  expect(pages.take()).toEqual(asked(40, 40, 60, 80, 90))
  const resumed = await left(project)
  succeeded(await project.run(['run', '--full-refresh', '--output', 'json'], env))
  const whole = await left(project)
  expect(resumed.totals).toEqual(whole.totals)
  expect(resumed.fingerprints).toEqual(whole.fingerprints)

  pages.take()
  pages.instead = (_, response) => {
    response.writeHead(401).end()
    return true
  }
  const refused = failure(await project.run(['run', '--output', 'json'], env))
  expect(refused).toMatchObject({
    code: 'api_refused',
    stage: 'orders',
    hint: expect.stringContaining('secret'),
  })
  expect(pages.take()).toHaveLength(1)
  pages[Symbol.dispose]()
  const gone = failure(await project.run(['run', '--output', 'json'], env))
  expect(gone).toMatchObject({ code: 'api_unreachable', stage: 'orders' })
  expect(gone.hint).toContain('the marts stay')
  expect(await ask(project, 'select count(*) as n from totals', 'shop')).toEqual([{ n: 78 }])
  expect(project.files('.sillage').join('\n')).not.toContain('hush-hush-1')
})
