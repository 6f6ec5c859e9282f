import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Timetable } from '@sillage/scheduler'
import { afterAll, expect, it } from 'vitest'
import type { Host, ServedPipeline } from './host.ts'
import { runArguments } from './jobs/job.ts'
import { Jobs } from './jobs/jobs.ts'
import { Turns } from './jobs/turns.ts'
import { JournalTail } from './runs/journal-tail.ts'
import { RunIndex } from './runs/run-index.ts'
import { Schedules } from './schedules.ts'
import { startServer } from './server.ts'
import { withoutPlaces } from './without-places.ts'

const folder = mkdtempSync(join(tmpdir(), 'sillage-server-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const pipeline: ServedPipeline = {
  name: 'shop',
  file: join(folder, 'pipeline.yaml'),
  journals: join(folder, 'runs'),
  mart: join(folder, 'shop.duckdb'),
  schedule: '0 * * * *',
}

/** A project whose command line only waits. */
function hostOf(said: string[], clock: { now: Date }): Host {
  return {
    folder,
    hidden: [],
    temp: join(folder, 'tmp'),
    command: [process.execPath, '-e', 'setInterval(() => {}, 1000)'],
    pipelines: async () => [pipeline],
    catchUp: async () => 'none',
    holders: () => [],
    lineageLost: () => 0,
    now: () => clock.now,
    say: (text) => said.push(text),
  }
}

it('a scheduled time starts a run; while it goes on the next is left out, and what came meanwhile was missed: all is said', async () => {
  const said: string[] = []
  const clock = { now: new Date('2026-01-01T00:30:00Z') }
  const host = hostOf(said, clock)
  const jobs = new Jobs(host, { atOnce: 1 })
  const schedules = new Schedules({
    host,
    jobs,
    runs: new RunIndex(host, jobs),
    turns: new Turns((name) => jobs.isWorking(name)),
    table: new Timetable({ graceMs: 60_000 }),
    pipelines: host.pipelines,
  })
  for (const time of ['00:30:00', '01:00:10', '02:00:10', '05:30:00']) {
    clock.now = new Date(`2026-01-01T${time}Z`)
    await schedules.tick()
  }
  expect(schedules.of(pipeline)).toEqual({
    schedule: '0 * * * *',
    next: '2026-01-01T06:00:00.000Z',
    started: 1,
    skipped: 1,
    missed: 3,
    last_missed: '2026-01-01T05:00:00.000Z',
    caught_up: 0,
  })
  expect(said).toHaveLength(3)
  jobs.kill()
  await jobs.close()
})

it('what came after the last run, before the server started, was missed; a schedule that cannot be read is said', async () => {
  mkdirSync(pipeline.journals, { recursive: true })
  const start = {
    n: 1,
    at: '2026-01-01T00:30:00.000Z',
    event: 'run_started',
    run: '20260101T003000-0000',
    pipeline: 'shop',
    pid: 1,
    command: 'sillage run',
    stages: [],
  }
  writeFileSync(join(pipeline.journals, `${start.run}.jsonl`), `${JSON.stringify(start)}\n`)
  const said: string[] = []
  const clock = { now: new Date('2026-01-01T03:30:00Z') }
  const host = hostOf(said, clock)
  const jobs = new Jobs(host, { atOnce: 1 })
  const broken = { ...pipeline, name: 'broken', schedule: 'often' }
  const schedules = new Schedules({
    host,
    jobs,
    runs: new RunIndex(host, jobs),
    turns: new Turns((name) => jobs.isWorking(name)),
    table: new Timetable({ graceMs: 60_000 }),
    pipelines: async () => [pipeline, broken],
  })
  await schedules.tick()
  await schedules.tick()
  expect(schedules.of(pipeline)).toMatchObject({ started: 0, skipped: 0, missed: 3 })
  expect(schedules.of(broken)).toMatchObject({ next: null, problem: expect.any(String) })
  expect(said).toHaveLength(2)
})

it.each([
  ['03:30:00', 'only missed times', { started: 1, skipped: 0, missed: 3, caught_up: 1 }],
  ['04:00:30', 'missed times and one that is due', { started: 1, skipped: 0, missed: 3, caught_up: 1 }],
])(
  'with catch_up: once, one run at %s makes up for %s; a part that was run by hand, or a run that was killed, does not count',
  async (time, _, counts) => {
    const own = { ...pipeline, name: 'daily', journals: join(folder, `daily-${time}`) }
    mkdirSync(own.journals, { recursive: true })
    const run = (at: string, more: object, end?: object): void => {
      const name = `20260101T${at}00-0000`
      const time = `2026-01-01T${at.slice(0, 2)}:${at.slice(2)}:00.000Z`
      const about = { run: name, pipeline: 'daily', pid: 1, command: 'sillage run', stages: [] }
      const lines = [
        { n: 1, at: time, event: 'run_started', ...about, ...more },
        ...(end === undefined ? [] : [{ n: 2, at: time, ...end }]),
      ]
      writeFileSync(
        join(own.journals, `${name}.jsonl`),
        `${lines.map((line) => JSON.stringify(line)).join('\n')}\n`,
      )
    }
    const ended = { event: 'run_finished', status: 'succeeded', seconds: 1 }
    run('0030', {}, ended)
    run('0100', {})
    run('0315', { whole: false }, ended)
    const said: string[] = []
    const clock = { now: new Date(`2026-01-01T${time}Z`) }
    const asked: string[] = []
    const host: Host = {
      ...hostOf(said, clock),
      command: [process.execPath, '-e', 'process.stdout.write(JSON.stringify({ args: process.argv }))'],
      catchUp: async ({ name }) => {
        asked.push(name)
        return 'once'
      },
    }
    const jobs = new Jobs(host, { atOnce: 1 })
    const schedules = new Schedules({
      host,
      jobs,
      runs: new RunIndex(host, jobs),
      turns: new Turns((name) => jobs.isWorking(name)),
      table: new Timetable({ graceMs: 60_000 }),
      pipelines: async () => [own],
    })
    await schedules.tick()
    await schedules.tick()
    expect(schedules.of(own)).toMatchObject({ ...counts, last_missed: '2026-01-01T03:00:00.000Z' })
    expect(asked).toEqual(['daily'])
    const [job] = jobs.activeOf('daily')
    expect(job!.request).toEqual({ catch_up: { times: 3, last: '2026-01-01T03:00:00.000Z' } })
    expect(runArguments(own, job!.request)).toContain('--catch-up=3,2026-01-01T03:00:00.000Z')
    expect(said[0]).toContain(
      '3 scheduled runs were missed, the last at 2026-01-01T03:00:00.000Z; one run makes up for it',
    )
    jobs.kill()
    await jobs.close()
  },
)

it('a request that does not come to its end is answered 408, one that is no HTTP 400, and too many 429 with Retry-After', async () => {
  const server = await startServer(hostOf([], { now: new Date() }), {
    host: '127.0.0.1',
    port: 0,
    tokens: {},
    jobs: 1,
    rate: 5,
    requestTimeoutMs: 200,
  })
  const { port } = new URL(server.address)
  const sent = (text: string): Promise<string> =>
    new Promise((done) => {
      let answer = ''
      const socket = connect(Number(port), '127.0.0.1', () => socket.write(text))
      socket.on('data', (part) => {
        answer += part.toString()
      })
      socket.on('close', () => done(answer))
      socket.on('error', () => {})
    })
  const head = `POST /api/v1/pipelines/shop/runs HTTP/1.1\r\nhost: localhost:${port}\r\n`
  expect(await sent(`${head}content-type: application/json\r\ncontent-length: 100\r\n\r\n{"par`)).toMatch(
    /^HTTP\/1.1 408 .*request_timeout/s,
  )
  expect(await sent(head)).toMatch(/^HTTP\/1.1 408 /)
  expect(await sent('what is this\r\n\r\n')).toMatch(/^HTTP\/1.1 400 .*request_invalid/s)
  const answers = await Promise.all(
    Array.from({ length: 8 }, () => fetch(`${server.address}/api/v1/pipelines`)),
  )
  const refused = answers.filter(({ status }) => status === 429)
  expect(refused.length).toBeGreaterThan(0)
  expect(refused[0]!.headers.get('retry-after')).toMatch(/^\d+$/)
  expect(await refused[0]!.json()).toMatchObject({
    error: { code: 'too_many_requests', hint: expect.any(String) },
  })
  expect((await fetch(`${server.address}/healthz`)).status).toBe(200)
  await server.close()
})

it('the one origin that was named may call, and ask beforehand', async () => {
  const cors = 'https://ops.example'
  const server = await startServer(hostOf([], { now: new Date() }), {
    host: '127.0.0.1',
    port: 0,
    tokens: { operate: 'a-token-that-may-operate' },
    jobs: 1,
    cors,
  })
  const ask = (origin: string, method = 'GET') =>
    fetch(`${server.address}/healthz`, { method, headers: { origin } })
  expect((await ask(cors)).headers.get('access-control-allow-origin')).toBe(cors)
  const before = await ask(cors, 'OPTIONS')
  expect(before.status).toBe(204)
  expect(before.headers.get('access-control-allow-headers')).toContain('authorization')
  const other = await ask('https://evil.example', 'OPTIONS')
  expect(other.status).toBe(403)
  expect(other.headers.get('access-control-allow-origin')).toBeNull()
  await server.close()
})

it('a journal is read as it grows, also where a line comes in two parts', () => {
  const path = join(folder, 'grows.jsonl')
  const tail = new JournalTail(path)
  expect(tail.read()).toBe(false)
  writeFileSync(path, '{"n":1,"event":"run_started"}\n{"n":2,"ev', { flag: 'a' })
  expect(tail.read()).toBe(false)
  expect(tail.lines.map(({ n }) => n)).toEqual([1])
  writeFileSync(path, 'ent":"step_started","stage":"é"}\n{"n":3,"event":"run_finished"}\n', { flag: 'a' })
  expect(tail.read()).toBe(true)
  expect(tail.lines.map(({ n }) => n)).toEqual([1, 2, 3])
})

it('folders of the machine are left out of texts, however deep they stand', () => {
  const clean = withoutPlaces(['/srv/shop', '/srv/shop/marts'])
  expect(
    clean({ mart: '/srv/shop/marts/a.duckdb', list: [{ text: 'see /srv/shop: it' }], n: 1, none: null }),
  ).toEqual({
    mart: 'a.duckdb',
    list: [{ text: 'see .: it' }],
    n: 1,
    none: null,
  })
})
