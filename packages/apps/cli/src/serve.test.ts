import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { tableFromIPC } from 'apache-arrow'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findings } from './testing/outcome.ts'
import { slowWait } from './testing/own-plugin.ts'
import { TestProject } from './testing/project.ts'
import { Served } from './testing/served.ts'
import { serving } from './testing/serving.ts'
import { shopOrders, shopPipeline } from './testing/shop.ts'

const operate = 'a-token-that-may-operate'
const read = 'a-token-that-only-reads'

interface Started {
  readonly run: string | null
  readonly job: string
  readonly state: string
  readonly address: string
  readonly events: string
}

interface Told {
  readonly status: string
  readonly pid?: number
  readonly cancelled?: boolean
  readonly process?: { readonly exit: number | null; readonly signal: string | null }
  readonly error?: {
    readonly code: string
    readonly message: string
    readonly hint?: string
    readonly stage?: string
  }
}

/** The code of a refused request; its body must be whole, and tell no folder of the machine and no stack. */
function refused(
  { status, text }: { readonly status: number; readonly text: string },
  expected: number,
): string {
  expect(status, text).toBe(expected)
  const { error } = JSON.parse(text) as { readonly error: { code: string; message: string; hint?: string } }
  expect(error.hint, text).toBeTruthy()
  expect(text).not.toMatch(/\/tmp\/|node_modules|\bat .*:\d+:\d+/)
  return error.code
}

const breath = () => new Promise((done) => setTimeout(done, 100))

describe('a shop is served', () => {
  const project = new TestProject({
    'orders.csv': shopOrders,
    'pipeline.yaml': `${shopPipeline()}schedule: "0 6 * * 1-5 Europe/Paris"\n`,
    token: `${operate}\n`,
    'read-token': read,
  })
  let server: Served
  let run: string
  const asReader = async <T>(work: () => Promise<T>): Promise<T> => {
    server.token = read
    try {
      return await work()
    } finally {
      server.token = operate
    }
  }
  const base = '/api/v1/pipelines/shop'

  beforeAll(async () => {
    server = await Served.start(project, {
      args: ['--token-file', 'token', '--read-token-file', 'read-token'],
    })
    server.token = operate
  })
  afterAll(async () => {
    await server.stop()
    project[Symbol.dispose]()
  })

  it('before the first run there is a plan, and no mart', async () => {
    expect((await server.ask('/readyz')).status).toBe(200)
    const { pipelines } = (await server.ask('/api/v1/pipelines')).json() as { pipelines: readonly object[] }
    expect(pipelines).toMatchObject([
      {
        name: 'shop',
        file: 'pipeline.yaml',
        last_run: null,
        schedule: { schedule: '0 6 * * 1-5 Europe/Paris', next: expect.any(String) },
      },
    ])
    const graph = (await server.ask(base)).json() as {
      nodes: readonly { id: string }[]
      edges: readonly object[]
    }
    expect(graph.nodes.find(({ id }) => id === 'lines')).toMatchObject({
      plugin: 'clean/contract',
      kind: 'sql',
      action: 'run',
      reason: 'it never ran',
      columns: expect.arrayContaining([expect.objectContaining({ name: 'email' })]),
    })
    expect(graph.edges).toContainEqual({ from: 'raw', to: 'lines' })
    expect(graph.edges).toContainEqual({ from: 'segmented', to: 'mart:customers' })
    expect(refused(await server.ask(`${base}/marts`), 404)).toBe('mart_missing')
    expect(refused(await server.ask(`${base}/marts/customers`), 404)).toBe('mart_missing')
    expect(refused(await server.ask(`${base}/rejects?samples=1`), 404)).toBe('not_run_yet')
  })

  it('a run is started, followed to its end, and told', async () => {
    const answer = await server.ask(`${base}/runs`, { method: 'POST', body: { full_refresh: true } })
    expect(answer.status, answer.text).toBe(202)
    const started = answer.json() as Started
    run = started.run!
    expect(answer.headers.get('location')).toBe(`/api/v1/runs/${run}`)
    const events = await server.events(started.events)
    expect(events[0]).toMatchObject({ id: '1', event: 'run_started' })
    expect(events.at(-1)).toMatchObject({ event: 'end', data: { run, status: 'succeeded' } })
    const numbered = events.filter(({ id }) => id !== undefined)
    expect(numbered.map(({ id }) => Number(id))).toEqual(numbered.map((_, index) => index + 1))
    const resumed = await server.events(started.events, { 'last-event-id': '4' })
    expect(resumed[0]!.id).toBe('5')
    const last = numbered.at(-1)!.id!
    expect((await server.ask(started.events, { headers: { 'last-event-id': last } })).status).toBe(204)
    expect((await server.ask(started.address)).json()).toMatchObject({
      run,
      status: 'succeeded',
      mart: 'shop.duckdb',
    })
    expect((await server.ask(`/api/v1/runs/${started.job}`)).json()).toMatchObject({ run })
    expect((await server.ask('/api/v1/runs?status=succeeded')).json()).toMatchObject({ runs: [{ run }] })
    expect((await server.ask(`/api/v1/runs?before=${run}`)).json()).toMatchObject({ runs: [] })
    expect(refused(await server.ask(`${started.address}/cancel`, { method: 'POST' }), 409)).toBe('run_ended')
    const everything = JSON.stringify([events, (await server.ask(started.address)).json()])
    expect(everything).not.toContain(project.folder)
  })

  it('tables are read in each format, with columns, filter and order', async () => {
    const described = (await server.ask(`${base}/marts`)).json() as { run: string; tables: readonly object[] }
    expect(described).toMatchObject({
      run,
      tables: [
        { name: 'customers', rows: 4 },
        { name: 'lines', rows: 5 },
      ],
    })
    const asked = `${base}/marts/customers?columns=customer_id,amount&order=-amount&filter=${encodeURIComponent("segment in ('big', 'middle') and amount > 1")}`
    expect((await server.ask(asked)).json()).toEqual({
      rows: [
        { customer_id: 12583, amount: '500.00' },
        { customer_id: 17850, amount: '120.00' },
      ],
    })
    expect((await server.ask(`${asked}&format=csv&limit=1&offset=1`)).text).toBe(
      'customer_id,amount\r\n17850,120.00\r\n',
    )
    expect((await server.ask(`${asked}&format=csv&limit=0`)).text).toBe('customer_id,amount\r\n')
    const arrow = await fetch(`${server.address}${base}/marts/customers?format=arrow`, {
      headers: { authorization: `Bearer ${operate}` },
    })
    const table = tableFromIPC(new Uint8Array(await arrow.arrayBuffer()))
    expect(table.numRows).toBe(4)
    expect(table.toArray().map((row) => row.toJSON())).toContainEqual(
      expect.objectContaining({ email: 'Ada@Mail.example', merged: '[2]' }),
    )
  })

  it('who only reads sees personal columns as null, may not ask by them, and starts nothing', async () => {
    await asReader(async () => {
      const answer = await server.ask(`${base}/marts/customers`)
      expect(answer.headers.get('sillage-masked')).toBe('email')
      const { rows } = answer.json() as { rows: readonly { email: unknown; customer_id: unknown }[] }
      expect(rows.map(({ email }) => email)).toEqual([null, null, null, null])
      expect((await server.ask(`${base}/marts/customers?format=csv`)).text).not.toContain('@')
      const arrow = await server.ask(`${base}/marts/customers?format=arrow`)
      expect(arrow.text).not.toContain('ail.example')
      expect(refused(await server.ask(`${base}/marts/customers?filter=email%20is%20null`), 403)).toBe(
        'column_masked',
      )
      expect(refused(await server.ask(`${base}/marts/customers?order=email`), 403)).toBe('column_masked')
      expect((await server.ask(`${base}/rejects`)).json()).toMatchObject({
        reasons: [{ stage: 'lines', rows_in: 6, rejected: 1, code: 'not_decimal', rows: 1 }],
      })
      expect(refused(await server.ask(`${base}/rejects?samples=3`), 403)).toBe('forbidden')
      expect(refused(await server.ask(`${base}/runs`, { method: 'POST' }), 403)).toBe('forbidden')
      expect(refused(await server.ask(`/api/v1/runs/${run}/cancel`, { method: 'POST' }), 403)).toBe(
        'forbidden',
      )
      expect((await server.ask(`/api/v1/runs/${run}`)).status).toBe(200)
    })
    expect((await server.ask(`${base}/marts/customers`)).headers.get('sillage-masked')).toBeNull()
    expect((await server.ask(`${base}/rejects?samples=3&stage=lines`)).text).toContain('minus')
  })

  it('figures are told, and grow with runs', async () => {
    const { text } = await server.ask('/metrics')
    for (const line of [
      'sillage_runs_total{pipeline="shop",status="succeeded"} 1',
      'sillage_rows_total{pipeline="shop",outcome="rejected"} 1',
      'sillage_runs_running{pipeline="shop"} 0',
      'sillage_queue_length 0',
    ])
      expect(text).toContain(line)
    expect(text).toMatch(/sillage_last_success_age_seconds\{pipeline="shop"\} \d/)
  })

  it('every route but the public ones wants a token; no wrong token is taken, and guessing ends in 429', async () => {
    const { paths } = (await server.ask('/openapi.json')).json() as {
      paths: Record<string, Record<string, object>>
    }
    expect(Object.keys(paths).length).toBeGreaterThan(10)
    server.token = undefined
    for (const [path, methods] of Object.entries(paths))
      for (const method of Object.keys(methods)) {
        if (/healthz|readyz/.test(path)) continue
        const filled = path.replace('{name}', 'shop').replace('{id}', run).replace('{table}', 'customers')
        expect(refused(await server.ask(filled, { method: method.toUpperCase() }), 401)).toBe('unauthorised')
      }
    const codes: number[] = []
    for (const token of [
      'x',
      `${operate}x`,
      operate.slice(1),
      'é'.repeat(3),
      '',
      ...Array.from({ length: 20 }, (_, i) => `guess${i}`),
    ])
      codes.push(
        (
          await server.raw('/api/v1/runs', {
            authorization: `Bearer ${Buffer.from(token).toString('latin1')}`,
          })
        ).status,
      )
    expect(new Set(codes)).toEqual(new Set([401, 429]))
    server.token = operate
    expect((await server.ask('/api/v1/runs')).status).toBe(200)
  })
})

describe('hostile requests', () => {
  const project = new TestProject({ 'orders.csv': shopOrders, 'pipeline.yaml': shopPipeline() })
  let server: Served
  serving(project, (started) => {
    server = started
  })
  const base = '/api/v1/pipelines/shop'

  it('every route answers wrong names, options and bodies with a problem, never 500', async () => {
    const { paths } = (await server.ask('/openapi.json')).json() as {
      paths: Record<string, Record<string, object>>
    }
    const hostile = [
      '..%2F..%2Fetc%2Fpasswd',
      '%00',
      "shop'--",
      'shop%22;drop',
      'x'.repeat(150),
      'no-such-one',
      '%E0%A4%A',
    ]
    for (const [path, methods] of Object.entries(paths))
      for (const method of Object.keys(methods))
        for (const value of hostile) {
          const filled = path.replaceAll(/\{\w+\}/g, value)
          if (filled !== path) {
            const answer = await server.ask(filled, { method: method.toUpperCase() })
            expect([400, 404], `${method} ${filled} ${answer.text}`).toContain(answer.status)
            refused(answer, answer.status)
          }
        }
    for (const path of [
      '/../../etc/passwd',
      '//etc/passwd',
      '/api/v1/pipelines/../../x',
      '/.git/config',
      '/api/v1',
    ])
      expect((await server.raw(path)).status).toBe(404)
  })

  it.each([
    '1=1',
    "segment = 'big'; drop table customers",
    "segment = 'big' union select * from sillage.columns",
    "segment = (select 'big')",
    "email = read_text('/etc/passwd')",
    "segment = 'big' --",
    "nothing = 'x'",
    "amount > 'much'",
  ])('the filter %s is refused', async (filter) => {
    const answer = await server.ask(`${base}/marts/customers?filter=${encodeURIComponent(filter)}`)
    expect(['filter_invalid', 'column_unknown']).toContain(refused(answer, 400))
  })

  it.each([
    'columns=x',
    'columns=*',
    'columns=customer_id,(select 1)',
    'order=amount desc;--',
    'limit=-1',
    'limit=ten',
    'limit=99999999999999',
    'offset=-1',
    'format=exe',
    'sql=select 1',
    `filter=${'x'.repeat(5000)}`,
  ])('the option %s is refused', async (query) => {
    refused(await server.ask(`${base}/marts/customers?${encodeURI(query)}`), 400)
  })

  it('tables of other schemas are not shown', async () => {
    for (const table of ['runs', 'columns', 'sillage.runs', 'duckdb_settings'])
      expect([400, 404]).toContain((await server.ask(`${base}/marts/${table}`)).status)
  })

  it('bodies that are no run are refused: too large, no JSON, unknown keys, options in disguise', async () => {
    const post = (body: unknown, headers = {}) =>
      server.ask(`${base}/runs`, { method: 'POST', body, headers })
    expect(refused(await post({ params: { a: 'x'.repeat(200_000) } }), 413)).toBe('body_too_large')
    expect(refused(await post('{"params":'), 400)).toBe('request_invalid')
    expect(refused(await post('{"__proto__":{"x":1}}'), 400)).toBe('request_invalid')
    expect(refused(await post({ command: 'rm' }), 400)).toBe('request_invalid')
    expect(refused(await post([]), 400)).toBe('request_invalid')
    expect(refused(await post({ select: ['--full-refresh'] }), 400)).toBe('request_invalid')
    expect(refused(await post({ select: [] }), 400)).toBe('request_invalid')
    expect(refused(await post({ params: { '--memory': '1' } }), 400)).toBe('request_invalid')
    expect(refused(await post('a=1', { 'content-type': 'application/x-www-form-urlencoded' }), 415)).toBe(
      'media_type_refused',
    )
    expect(refused(await post('x', { 'content-type': 'text/plain' }), 415)).toBe('media_type_refused')
    expect(refused(await post({ params: { nothing: 1 } }), 400)).toBe('param_unknown')
    expect(refused(await post({ select: ['nothing'] }), 400)).toBe('stage_unknown')
  })

  it('an invalid pipeline is refused with its diagnostics, and the others are served', async () => {
    project.write('broken.yaml', 'pipeline: broken\nstages:\n  a: { uses: collect/cvs }\n')
    let answer = await server.ask('/api/v1/pipelines/broken')
    for (; answer.status === 404; answer = await server.ask('/api/v1/pipelines/broken')) await breath()
    expect(refused(answer, 422)).toBe('invalid')
    const { diagnostics } = answer.json() as { diagnostics: readonly object[] }
    expect(diagnostics).toMatchObject([
      { code: 'plugin_unknown', file: 'broken.yaml', line: 3, hint: expect.any(String) },
    ])
    const run = await server.ask('/api/v1/pipelines/broken/runs', { method: 'POST' })
    expect(refused(run, 422)).toBe('invalid')
    expect((await server.ask(`${base}/marts`)).status).toBe(200)
  })

  it('pages of other origins and other names of this machine are refused', async () => {
    const { host } = new URL(server.address)
    expect(refused(await server.raw('/api/v1/runs', { host, origin: 'https://evil.example' }), 403)).toBe(
      'origin_refused',
    )
    expect(refused(await server.raw('/api/v1/runs', { host, origin: 'null' }), 403)).toBe('origin_refused')
    expect(
      refused(
        await server.raw('/api/v1/runs', { host: `evil.example:${new URL(server.address).port}` }),
        403,
      ),
    ).toBe('host_refused')
    expect((await server.raw('/api/v1/runs', { host, origin: `http://${host}` })).status).toBe(200)
    const { headers } = await server.ask('/healthz')
    expect(headers.get('access-control-allow-origin')).toBeNull()
    expect(headers.get('content-security-policy')).toContain("default-src 'none'")
    expect(headers.get('x-content-type-options')).toBe('nosniff')
  })

  it('the page of the API asks for nothing outside', async () => {
    const { text } = await server.ask('/openapi')
    expect(text).toContain('/api/v1/pipelines/{name}/runs')
    expect(text).not.toMatch(/https?:|<script/)
  })

  it('after a run the newly published version is read', async () => {
    project.write('orders.csv', `${shopOrders}7,99999,zoe@mail.example,1.00\n`)
    const started = (await server.ask(`${base}/runs`, { method: 'POST' })).json() as Started
    await server.events(started.events)
    const { rows } = (await server.ask(`${base}/marts/customers`)).json() as { rows: readonly object[] }
    expect(rows).toHaveLength(5)
  })
})

describe('runs that go on', () => {
  const pipeline = (name: string, rounds: number): string => `pipeline: ${name}
stages:
  raw: { uses: collect/csv, with: { path: a.csv } }
  quick: { uses: enrich/derive, from: raw, with: { columns: { c: "id + 1" } }, expect: [ { unique: [id] } ] }
  slow: { uses: enrich/slow, from: quick, with: { rounds: ${rounds} } }
marts: { m: { from: slow, key: [id] } }
`
  const forever = 100_000_000_000
  const project = new TestProject({
    'sillage.yaml': 'plugins: ["./plugins/*.ts"]\n',
    'plugins/slow.ts': slowWait,
    'a.csv': 'id,b\n1,x\n2,yy\n',
    'slow.yaml': pipeline('slow', forever),
    'other.yaml': pipeline('other', 1),
  })
  let server: Served
  beforeAll(async () => {
    server = await Served.start(project)
  })
  afterAll(async () => {
    await server.stop('SIGKILL')
    project[Symbol.dispose]()
  })
  const start = (query = '', pipelineName = 'slow') =>
    server.ask(`/api/v1/pipelines/${pipelineName}/runs${query}`, { method: 'POST' })
  const told = async (address: string): Promise<Told> => (await server.ask(address)).json() as Told
  /** Starts a run and waits until it is in its slow step. One that has told its end may hold its lock a moment longer. */
  async function begun(): Promise<Started> {
    let answer = await start()
    for (; answer.status === 409; answer = await start()) await breath()
    const started = answer.json() as Started
    for (;;) {
      const { current } = (await told(started.address)) as { current?: string }
      if (current === 'slow') return started
      await breath()
    }
  }

  it('a second run of the pipeline is refused or waits; one that waits is taken out, one that goes on is interrupted', async () => {
    const first = await begun()
    expect(refused(await start(), 409)).toBe('run_in_progress')
    const second = (await start('?queue=true')).json() as Started
    expect(second).toMatchObject({ run: null, state: 'queued' })
    expect(await told(second.address)).toMatchObject({ status: 'queued' })
    const listed = await server.ask('/api/v1/runs')
    expect(listed.status, listed.text).toBe(200)
    expect((listed.json() as { waiting: readonly object[] }).waiting).toMatchObject([
      { run: null, status: 'queued', cancelled: false },
    ])
    expect((await server.ask('/metrics')).text).toContain('sillage_queue_length 1')
    const other = (await start('?queue=true', 'other')).json() as Started
    expect(other.state).toBe('queued')
    const followed = server.events(other.events)
    expect((await server.ask(`${second.address}/cancel`, { method: 'POST' })).status).toBe(202)
    expect(await told(second.address)).toMatchObject({ status: 'cancelled' })
    const events = server.events(first.events)
    expect((await server.ask(`${first.address}/cancel`, { method: 'POST' })).status).toBe(202)
    expect((await events).at(-1)).toMatchObject({
      event: 'end',
      data: { status: 'interrupted', cancelled: true },
    })
    expect(await told(first.address)).toMatchObject({ status: 'interrupted', process: { exit: 130 } })
    expect((await followed).at(-1)).toMatchObject({ event: 'end', data: { status: 'succeeded' } })
  })

  it('200 who follow one run each get its events, and the server goes on answering', async () => {
    const first = await begun()
    const all = Array.from({ length: 200 }, () => server.events(first.events))
    expect((await server.ask('/healthz')).status).toBe(200)
    await server.ask(`${first.address}/cancel`, { method: 'POST' })
    const [one, ...others] = await Promise.all(all)
    expect(one![0]).toMatchObject({ id: '1', event: 'run_started' })
    expect(one!.at(-1)).toMatchObject({ event: 'end', data: { status: 'interrupted' } })
    for (const events of others) expect(events).toEqual(one)
    expect((await server.ask('/metrics')).text).toContain('sillage_event_streams 0')
  })

  it.each(['SIGKILL', 'SIGABRT'] as const)(
    'a run whose process dies by %s is reported, and the API lives',
    async (signal) => {
      const first = await begun()
      const events = server.events(first.events)
      process.kill((await told(first.address)).pid!, signal)
      expect((await events).at(-1)).toMatchObject({
        event: 'end',
        data: { status: 'interrupted', process: { signal } },
      })
      const { status, error } = await told(first.address)
      expect(status).toBe('interrupted')
      expect(error).toMatchObject({
        code: 'child_died',
        message: expect.stringContaining(signal),
        stage: 'slow',
      })
      expect(server.log).toContain(signal)
      expect((await server.ask('/metrics')).text).toMatch(
        /sillage_runs_total\{pipeline="slow",status="interrupted"\} [1-9]/,
      )
    },
  )

  it('a run that was started elsewhere is shown and followed, and not cancelled from here', async () => {
    const child = project.start(['run', 'slow', '--output', 'json'])
    const ended = project.ended(child)
    const running = async () =>
      ((await server.ask('/api/v1/runs?status=running')).json() as { runs: readonly { run: string }[] })
        .runs[0]?.run
    let run: string | undefined
    for (; run === undefined; run = await running()) await breath()
    expect(refused(await start(), 409)).toBe('run_in_progress')
    expect(refused(await server.ask(`/api/v1/runs/${run}/cancel`, { method: 'POST' }), 409)).toBe(
      'run_not_ours',
    )
    const waiting = (await start('?queue=true')).json() as Started
    expect(waiting.state).toBe('queued')
    const events = server.events(`/api/v1/runs/${run}/events`)
    child.kill('SIGKILL')
    await ended
    expect((await events).at(-1)).toMatchObject({ event: 'end', data: { status: 'interrupted' } })
    while (((await told(waiting.address)) as { current?: string }).current !== 'slow') await breath()
    await server.ask(`${waiting.address}/cancel`, { method: 'POST' })
    await server.events(`${waiting.address}/events`)
  })

  it('a run goes on when the server is killed; the next server shows it, and does not start a second', async () => {
    const first = await begun()
    const { pid } = await told(first.address)
    await server.stop('SIGKILL')
    server = await Served.start(project)
    expect(await told(first.address)).toMatchObject({ status: 'running', pid })
    expect(refused(await start(), 409)).toBe('run_in_progress')
    const events = server.events(first.events)
    process.kill(pid!, 'SIGINT')
    expect((await events).at(-1)).toMatchObject({ event: 'end', data: { status: 'interrupted' } })
  })

  it('SIGTERM stops the run at its next safe point, ends streams, and the server ends with 0', async () => {
    const first = await begun()
    const { pid } = await told(first.address)
    const events = server.events(first.events).catch(() => [])
    expect(await server.stop()).toBe(0)
    await events
    expect(() => process.kill(pid!, 0)).toThrow()
    const { runs } = (await project.run(['status', '--output', 'json'])).json() as { runs: readonly Told[] }
    expect(runs[0]).toMatchObject({ status: 'interrupted', error: { code: 'interrupted' } })
  })
})

describe('the command', () => {
  const project = new TestProject({
    'orders.csv': shopOrders,
    'pipeline.yaml': shopPipeline(),
    weak: 'short',
    empty: '',
  })
  afterAll(() => project[Symbol.dispose]())

  it.each([
    [['--host', '0.0.0.0'], 'token_missing', 2],
    [['--host', '::'], 'token_missing', 2],
    [['--read-token-file', 'weak'], 'token_weak', 2],
    [['--token-file', 'empty'], 'token_weak', 2],
    [['--token-file', 'nowhere'], 'token_unreadable', 2],
    [['--host', '203.0.113.7', '--port', '0'], 'address_unusable', 2],
    [['--port', '99999'], 'usage', 2],
  ])('serve %s is refused as %s', async (args, code, exit) => {
    const env = code === 'address_unusable' ? { SILLAGE_TOKEN: operate } : {}
    const ended = await project.run(['serve', '--output', 'json', ...args], env)
    expect(ended.exit, ended.err + ended.out).toBe(exit)
    expect(ended.json()).toMatchObject({ error: { code, hint: expect.any(String) } })
  })

  it('a port that is taken is told', async () => {
    const server = await Served.start(project)
    const ended = await project.run(['serve', '--output', 'json', '--port', new URL(server.address).port])
    expect(ended.json()).toMatchObject({ error: { code: 'port_taken', hint: expect.any(String) } })
    expect(await server.stop('SIGINT')).toBe(0)
  })

  it('a schedule that cannot be read is an error with its line', async () => {
    project.write('pipeline.yaml', `${shopPipeline()}schedule: "0 25 * * *"\n`)
    const [found] = findings(await project.run(['validate', 'pipeline.yaml', '--output', 'json']))
    expect(found).toMatchObject({ code: 'schedule_invalid', line: shopPipeline().split('\n').length })
    expect(existsSync(join(project.folder, 'marts'))).toBe(false)
  })
})
