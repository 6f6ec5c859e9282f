import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Database } from '@sillage/duckdb'
import { describe, expect, it } from 'vitest'
import { TestProject } from './testing/project.ts'
import { Receiver } from './testing/receiver.ts'

const people = 'id,email\n1,a@x.example\n1,b@x.example\n2,c@x.example\n3,d@x.example\n'

/** People without doubles, sent one a message. */
const pipeline = (url: string) => `pipeline: p
as_of: 2026-01-01
stages:
  raw: { uses: collect/csv, with: { path: people.csv } }
  people: { uses: clean/dedupe, from: raw, with: { keys: [[id]], id: email, order: [{ by: email }] } }
  crm: { uses: activate/webhook, from: people, with: { url: "${url}", batch: 1, attempts: 1 } }
  list: { uses: activate/file, from: people, with: { path: out/people.csv } }
marts:
  people: { from: people, key: [id] }
  merged: { from: people.merged, key: [merged_id] }
`

const project = (url: string) => new TestProject({ 'people.csv': people, 'pipeline.yaml': pipeline(url) })

interface Told {
  readonly run: { readonly status: string; readonly error?: { readonly code: string } }
}

async function run(project: TestProject, env: Readonly<Record<string, string>> = {}) {
  const ended = await project.run(['run', '--output', 'json'], env)
  return { exit: ended.exit, ...(ended.out === '' ? undefined : (ended.json() as Told).run), err: ended.err }
}

async function mart(project: TestProject): Promise<unknown> {
  const rows = async (table: string) =>
    (await project.run(['query', 'p', `select * from ${table} order by all`, '--output', 'json'])).json()
  return [await rows('people'), await rows('merged')]
}

function receipts({ folder }: TestProject): readonly Record<string, unknown>[] {
  const own = join(folder, 'state/receipts/p')
  return readdirSync(own)
    .filter((name) => name.endsWith('.jsonl'))
    .sort()
    .flatMap((name) => readFileSync(join(own, name), 'utf8').trim().split('\n'))
    .map((line) => JSON.parse(line) as Record<string, unknown>)
}

const keysIn = (project: TestProject) =>
  receipts(project).flatMap(({ idempotency_key: key }) => (key === undefined ? [] : [key]))

async function ledger(project: TestProject, statement: string): Promise<void> {
  await using database = await Database.open({ path: join(project.folder, '.sillage/p/work.duckdb') })
  using session = await database.session()
  await session.run(statement)
}

describe('deleting .sillage and running again', () => {
  it('gives the same people and sends nothing twice', async () => {
    using target = await Receiver.open()
    using one = project(target.url)
    expect(await run(one)).toMatchObject({ exit: 0, status: 'succeeded' })
    expect(target.received).toHaveLength(3)
    const before = await mart(one)
    rmSync(join(one.folder, '.sillage'), { recursive: true })
    expect(await run(one)).toMatchObject({ exit: 0, status: 'succeeded' })
    expect(target.received).toHaveLength(3)
    expect(await mart(one)).toEqual(before)
    expect(keysIn(one).sort()).toEqual([...target.ids].sort())
    const sent = await one.run([
      'query',
      'p',
      `select stage, status, sum(rows)::int as n from sillage.deliveries group by all order by all`,
      '--output',
      'json',
    ])
    one.write('people.csv', `${people}4,e@x.example\n`)
    expect((await run(one)).exit).toBe(0)
    expect(target.received.map(({ body }) => JSON.parse(body).data.rows[0].id)).toEqual([1, 2, 3, 4])
    expect(sent.exit).toBe(0)
  })

  it('holds too after a copy of state/ was brought back', async () => {
    using target = await Receiver.open()
    using one = project(target.url)
    await run(one)
    cpSync(join(one.folder, 'state'), join(one.folder, 'backup/state'), { recursive: true })
    for (const name of ['.sillage', 'state', 'marts', 'out'])
      rmSync(join(one.folder, name), { recursive: true })
    cpSync(join(one.folder, 'backup/state'), join(one.folder, 'state'), { recursive: true })
    expect((await run(one)).exit).toBe(0)
    expect(target.received).toHaveLength(3)
    expect(readFileSync(join(one.folder, 'out/people.csv'), 'utf8').split('\n')).toHaveLength(5)
  })

  it('sends again, under the same keys, where state/ is gone too', async () => {
    using target = await Receiver.open()
    using one = project(target.url)
    await run(one)
    for (const name of ['.sillage', 'state']) rmSync(join(one.folder, name), { recursive: true })
    await run(one)
    expect(target.received).toHaveLength(6)
    expect(new Set(target.ids).size).toBe(3)
  })
})

describe('receipts', () => {
  it('hold no value of a customer, and say where a file went', async () => {
    using target = await Receiver.open()
    using one = project(target.url)
    await run(one)
    expect(one.files('state').join('\n')).not.toMatch(/x\.example/)
    expect(receipts(one).filter(({ file }) => file !== undefined)).toMatchObject([
      { stage: 'list', file: 'out/people.csv', rows: 3, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
    ])
  })

  // The first segment of a run holds the columns of its sources; then come messages, what was accepted, and receipts.
  it.each(
    ['before_sync', 'before_rename', 'after_rename'].flatMap((point) =>
      [1, 2, 3].map((time) => `state.${point}@${time}`),
    ),
  )('a run killed at %s sends nothing twice, and the next one completes the state', async (point) => {
    using target = await Receiver.open()
    using one = project(target.url)
    expect((await run(one, { SILLAGE_FAULT: point })).exit).toBe(-1)
    expect((await run(one)).exit).toBe(0)
    expect(target.received).toHaveLength(3)
    expect(keysIn(one).sort()).toEqual([...target.ids].sort())
    rmSync(join(one.folder, '.sillage'), { recursive: true })
    await run(one)
    expect(target.received).toHaveLength(3)
  })
})

it('a segment that a killed run left half-written goes with the next run, also where that has nothing to add', async () => {
  using target = await Receiver.open()
  using one = project(target.url)
  await run(one)
  const torn = 'state/receipts/p/20260101T000000-0000-0003.jsonl.partial'
  one.write(torn, '{"v":1,"key":"torn"')
  expect((await run(one)).exit).toBe(0)
  expect(existsSync(join(one.folder, torn))).toBe(false)
})

describe('a working database', () => {
  it('of a newer layout, or damaged, is left as it is, and the hint can be typed', async () => {
    using target = await Receiver.open()
    using one = project(target.url)
    await run(one)
    const path = join(one.folder, '.sillage/p/work.duckdb')
    const spoil: Readonly<Record<string, () => Promise<void>>> = {
      working_database_newer: () => ledger(one, 'update sillage.version set number = 99'),
      working_database_unreadable: async () => writeFileSync(path, 'x'.repeat(20_000)),
    }
    for (const [code, work] of Object.entries(spoil)) {
      await work()
      const before = readFileSync(path)
      const ended = await one.run(['run', '--output', 'json'])
      const { error } = ended.json() as { readonly error: { readonly code: string; readonly hint: string } }
      expect(error.code).toBe(code)
      expect(readFileSync(path).equals(before)).toBe(true)
      const [, from, to] = /mv (\S+) ([^\s,]+)/.exec(error.hint)!
      expect(from).toBe(path)
      cpSync(from!, to!)
      rmSync(from!)
      expect((await run(one)).exit).toBe(0)
    }
    expect(target.received).toHaveLength(3)
  })

  it('may move with its project to another path', async () => {
    using target = await Receiver.open()
    using one = project(target.url)
    await run(one)
    using moved = new TestProject()
    cpSync(one.folder, moved.folder, { recursive: true, verbatimSymlinks: true })
    rmSync(one.folder, { recursive: true })
    expect(await run(moved)).toMatchObject({ exit: 0, status: 'succeeded' })
    expect(await run(moved)).toMatchObject({ exit: 0, status: 'succeeded' })
    expect(target.received).toHaveLength(3)
    expect(readFileSync(join(moved.folder, 'out/people.csv'), 'utf8')).toContain('d@x.example')
  })
})

describe('a state/ that is damaged', () => {
  it('stops the run before anything is published or sent, naming file and line', async () => {
    using target = await Receiver.open()
    using one = project(target.url)
    await run(one)
    const own = join(one.folder, 'state/receipts/p')
    const file = join(own, readdirSync(own).sort()[0]!)
    const whole = readFileSync(file, 'utf8')
    rmSync(join(one.folder, '.sillage'), { recursive: true })
    rmSync(join(one.folder, 'marts'), { recursive: true })
    writeFileSync(file, whole.slice(0, -30))
    const ended = await one.run(['run'])
    expect(ended.exit).toBe(1)
    expect(ended.err).toMatch(/state_damaged/)
    expect(ended.err).toMatch(/state\/receipts\/p\/\S+\.jsonl:\d/)
    expect(existsSync(join(one.folder, 'marts/p.duckdb'))).toBe(false)
    writeFileSync(file, whole)
    expect((await run(one)).exit).toBe(0)
    expect(target.received).toHaveLength(3)
  })
})
