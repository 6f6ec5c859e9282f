import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { duckdbEngine } from '@sillage/duckdb/engine'
import { defineSql, sql, t } from '@sillage/sdk'
import { afterEach, describe, expect, it } from 'vitest'
import { ask } from '../testing/ask.ts'
import { PeopleProject } from '../testing/people.ts'
import { type BackfilledDate, type BackfillOptions, backfill } from './backfill.ts'

const open: PeopleProject[] = []
afterEach(() => {
  for (const project of open.splice(0)) project[Symbol.dispose]()
})

/** How many days ago; fails for who is of the day itself where it is told to. */
const age = defineSql({
  name: 'score/age',
  summary: 'Days since a date.',
  config: t.object({ at: t.column(), into: t.newColumn(), limit: t.optional(t.integer()) }),
  rows: 'same',
  incremental: 'by_row',
  examples: [],
  sql: ({ input, asOfSql, config }) =>
    sql`select *, date_diff('day', ${sql.id(config.at)}::date, ${asOfSql}) as ${sql.id(config.into)} from ${input}`,
})

const days = `id,day\na,2026-01-01\nb,2026-01-03\n`
const pipeline = (more = '', into = 'days') => `pipeline: small
as_of: 2026-02-01
stages:
  raw: { uses: collect/people, with: { path: "in/*.csv" } }
  aged: { uses: score/age, from: raw, with: { at: day, into: ${into} }${more} }
  kind: { uses: segment/ruled, from: aged, with: { into: kind, rules: [{ name: new, when: "${into} < 3" }], otherwise: old } }
  list: { uses: activate/list, from: kind, with: { path: out/list.csv } }
marts:
  people: { from: kind, key: [id] }
  plain: { from: raw }
`

function project(text = pipeline()): PeopleProject {
  const one = new PeopleProject({ 'pipeline.yaml': text, 'in/a.csv': days })
  one.use(age)
  open.push(one)
  return one
}

let minutes = 0
async function filled(one: PeopleProject, dates: readonly string[], more: Partial<BackfillOptions> = {}) {
  const told: BackfilledDate[] = []
  const result = await backfill({
    engine: duckdbEngine,
    command: 'sillage backfill',
    threads: 1,
    memoryBytes: 2 ** 29,
    secret: () => '',
    now: () => {
      minutes += 1
      return new Date(Date.UTC(2026, 2, 1, 0, minutes))
    },
    onEvent: () => {},
    signal: new AbortController().signal,
    dates,
    planFor: (asOf) => one.plan(asOf),
    onDate: (date) => told.push(date),
    ...more,
  })
  expect(told).toEqual(result.dates)
  return result
}

const history = 'marts/small-history.duckdb'
const rows = (one: PeopleProject, columns = 'as_of, id, days, kind') =>
  one.rows(`select ${columns} from people order by 1, 2`, history)
const truth = [
  { as_of: '2026-01-02', id: 'a', days: 1, kind: 'new' },
  { as_of: '2026-01-02', id: 'b', days: -1, kind: 'new' },
  { as_of: '2026-01-05', id: 'a', days: 4, kind: 'old' },
  { as_of: '2026-01-05', id: 'b', days: 2, kind: 'new' },
]

describe('a backfill', () => {
  it('keeps keys, segments and scores of each date, and publishes and delivers nothing else', async () => {
    const one = project()
    const would = await filled(one, ['2026-01-02'], { dryRun: true })
    expect([would.published, would.dates]).toEqual([
      false,
      [{ as_of: '2026-01-02', action: 'run', rows: {}, steps_run: 0, steps_reused: 0, seconds: 0 }],
    ])
    expect(existsSync(join(one.folder, 'marts'))).toBe(false)
    const done = await filled(one, ['2026-01-02', '2026-01-05'])
    expect([done.pipeline, done.mart, done.published, done.exit]).toEqual([
      'small',
      join(one.folder, history),
      true,
      0,
    ])
    expect(done.dates).toMatchObject([
      { as_of: '2026-01-02', action: 'run', rows: { people: 2 } },
      { as_of: '2026-01-05', action: 'run', rows: { people: 2 } },
    ])
    expect(done.dates.map(({ steps_reused: reused }) => reused > 0)).toEqual([false, true])
    expect(done.dates[0]!.steps_run).toBeGreaterThan(0)
    expect(await rows(one)).toEqual(truth)
    expect(existsSync(join(one.folder, 'out'))).toBe(false)
    expect(existsSync(join(one.folder, '.sillage/small/work.duckdb'))).toBe(false)
    expect(
      await one.rows(
        'select table_name as t, column_name as c, "key", role, comment is null as bare from sillage.columns',
        history,
      ),
    ).toEqual([
      { t: 'people', c: 'as_of', key: true, role: null, bare: false },
      { t: 'people', c: 'id', key: true, role: null, bare: expect.any(Boolean) },
      { t: 'people', c: 'days', key: false, role: 'score', bare: expect.any(Boolean) },
      { t: 'people', c: 'kind', key: false, role: 'segment', bare: expect.any(Boolean) },
    ])
    expect(await one.rows('select as_of from sillage.dates order by 1', history)).toEqual([
      { as_of: '2026-01-02' },
      { as_of: '2026-01-05' },
    ])
    const folder = join(one.folder, '.sillage/small/runs')
    const last = readFileSync(join(folder, readdirSync(folder).sort().at(-1)!), 'utf8')
    expect(last.split('\n').find((line) => line.includes('"published"'))).toContain('"tables":{"people":4}')
    expect(await one.rows('select pipeline, as_of from sillage.runs', history)).toEqual([
      { pipeline: 'small-history', as_of: null },
    ])
  })

  it('computes no date twice, also from what was published alone, and publishes the same no second time', async () => {
    const one = project()
    await filled(one, ['2026-01-02'])
    const versions = () => readdirSync(join(one.folder, 'marts/.versions/small-history')).length
    expect(await filled(one, ['2026-01-02'])).toMatchObject({
      published: false,
      dates: [{ action: 'reuse' }],
    })
    expect(versions()).toBe(1)
    rmSync(join(one.folder, '.sillage'), { recursive: true })
    expect((await filled(one, ['2026-01-02'], { dryRun: true })).dates).toMatchObject([{ action: 'reuse' }])
    const more = await filled(one, ['2026-01-02', '2026-01-05'])
    expect(more.dates.map(({ action }) => action)).toEqual(['reuse', 'run'])
    expect(await rows(one)).toEqual(truth)
    expect((await filled(one, ['2026-01-05'], { dryRun: true })).dates).toMatchObject([{ action: 'reuse' }])
  })

  it('replaces a date that changed, and gives a column that came later to all dates', async () => {
    const one = project()
    await filled(one, ['2026-01-02', '2026-01-05'])
    one.write('pipeline.yaml', pipeline('', 'since'))
    expect(await filled(one, ['2026-01-05'])).toMatchObject({ published: true, dates: [{ action: 'run' }] })
    expect(await rows(one, 'as_of, id, days, since')).toEqual([
      { as_of: '2026-01-02', id: 'a', days: 1, since: null },
      { as_of: '2026-01-02', id: 'b', days: -1, since: null },
      { as_of: '2026-01-05', id: 'a', days: null, since: 4 },
      { as_of: '2026-01-05', id: 'b', days: null, since: 2 },
    ])
  })

  it('tells a date that could not be computed, and goes on with the others', async () => {
    const one = project(pipeline(', expect: [{ range: { column: days, max: 3 } }]'))
    const done = await filled(one, ['2026-01-02', '2026-01-05', '2026-01-03'])
    expect(done.exit).toBe(1)
    expect(done.dates).toMatchObject([
      { action: 'run' },
      { action: 'failed', error: { code: 'check_failed', stage: 'aged' }, rows: {} },
      { action: 'run' },
    ])
    expect((await rows(one)).map(({ as_of }) => as_of)).toEqual([
      '2026-01-02',
      '2026-01-02',
      '2026-01-03',
      '2026-01-03',
    ])
    const none = project(pipeline(', expect: [{ range: { column: days, max: -9 } }]'))
    expect(await filled(none, ['2026-01-02'])).toMatchObject({ published: false, exit: 1 })
    expect(existsSync(join(none.folder, history))).toBe(false)
  })

  it('stops where it is told to, or where nothing could go on', async () => {
    const one = project()
    const stop = new AbortController()
    stop.abort()
    await expect(filled(one, ['2026-01-02'], { signal: stop.signal })).rejects.toMatchObject({
      code: 'interrupted',
      exit: 130,
    })
    const late = new AbortController()
    await expect(
      filled(one, ['2026-01-02', '2026-01-05'], {
        signal: late.signal,
        onEvent: ({ kind }) => {
          if (kind === 'step_finished') late.abort()
        },
      }),
    ).rejects.toMatchObject({ code: 'interrupted', hint: 'run it again: finished dates are kept' })
    rmSync(join(one.folder, 'in/a.csv'))
    const plan = project()
    const asked = await plan.plan('2026-01-02')
    await using _ = await duckdbEngine.openDatabase({
      path: join(plan.folder, '.sillage/small/backfill.duckdb'),
    })
    await expect(filled(plan, ['2026-01-02'], { planFor: async () => asked })).rejects.toMatchObject({
      code: 'busy',
      exit: 75,
    })
  })

  it('needs a mart with a key and a segment or score, and the name as_of for itself', async () => {
    const one = project(pipeline().replace(', key: [id]', ''))
    await expect(filled(one, ['2026-01-02'])).rejects.toMatchObject({ code: 'history_empty', exit: 78 })
    const plain = project(
      pipeline().replace('people: { from: kind, key: [id] }', 'people: { from: raw, key: [id] }'),
    )
    await expect(filled(plain, ['2026-01-02'])).rejects.toMatchObject({ code: 'history_empty' })
    const taken = project(
      pipeline('', 'as_of_days')
        .replaceAll('kind: { uses', 'kind: { uses')
        .replace('into: kind,', 'into: As_Of,'),
    )
    await expect(filled(taken, ['2026-01-02'])).rejects.toMatchObject({
      code: 'history_column_taken',
      exit: 78,
    })
  })

  it('makes a workshop of another layout anew', async () => {
    const one = project()
    await filled(one, ['2026-01-02'])
    const workshop = join(one.folder, '.sillage/small/backfill.duckdb')
    await ask(
      ['update sillage.version set number = 0', 'create table left_over (n int)', 'select 1'],
      workshop,
    )
    expect((await filled(one, ['2026-01-02'], { dryRun: true })).dates).toMatchObject([{ action: 'reuse' }])
    const done = await filled(one, ['2026-01-02', '2026-01-05'])
    expect(done.dates.map(({ action }) => action)).toEqual(['reuse', 'run'])
    expect(await ask([`select 1 from duckdb_tables() where table_name = 'left_over'`], workshop)).toEqual([])
    expect(await rows(one)).toEqual(truth)
  })
})
