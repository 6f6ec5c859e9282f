import { existsSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { duckdbEngine } from '@sillage/duckdb/engine'
import { placesOf } from '@sillage/pipeline'
import { afterEach, describe, expect, it } from 'vitest'
import { ask } from '../testing/ask.ts'
import { PeopleProject } from '../testing/people.ts'
import { collectGarbage, type GarbageOptions } from './collect-garbage.ts'

const { openDatabase } = duckdbEngine
const open: PeopleProject[] = []
afterEach(() => {
  for (const project of open.splice(0)) project[Symbol.dispose]()
})

/** A project that ran so often, each time with one row more. */
async function ran(
  times: number,
): Promise<{ readonly one: PeopleProject; readonly runs: readonly string[] }> {
  const one = new PeopleProject()
  open.push(one)
  const runs: string[] = []
  for (let time = 1; time <= times; time += 1) {
    one.write(`in/${time}.csv`, `id,mail,town\n${time},m,t\n`)
    runs.push((await one.run()).run.id)
  }
  return { one, runs }
}

const collect = (one: PeopleProject, more: Partial<GarbageOptions> = {}) =>
  collectGarbage({
    stores: duckdbEngine,
    places: placesOf(one.folder),
    pipeline: 'small',
    keep: 1,
    journals: 2,
    command: 'sillage gc',
    dryRun: false,
    ...more,
  })

const kept = (one: PeopleProject) => readdirSync(join(one.folder, 'marts/.versions/small')).sort()
const deliveries = (one: PeopleProject) => {
  const folder = join(one.folder, 'state/deliveries/small')
  return readdirSync(folder).flatMap((name) =>
    readdirSync(join(folder, name)).filter((file) => file.endsWith('.parquet')),
  )
}

describe('garbage', () => {
  it('is what nothing needs any more: told first, then removed, then no more there', async () => {
    const { one, runs } = await ran(3)
    const at = (name: string) => join(one.folder, name)
    symlinkSync('nowhere', at('marts/small.duckdb.next-1'))
    for (const name of [
      '.sillage/tmp/small/a',
      '.sillage/tmp/small-diff/a',
      '.sillage/small/work.duckdb.next',
    ])
      one.write(name, 'x'.repeat(100))
    one.write('.sillage/small/sample.duckdb', 'x'.repeat(50))
    one.write('.sillage/small/scratch/in/a.csv', 'abc')
    one.write('marts/.versions/small-history/1.duckdb', 'old')
    one.write('marts/.versions/small-history/2.duckdb', 'new')
    one.write('state/notes.txt', 'kept')
    const would = await collect(one, { dryRun: true })
    expect(would.items.map(({ kind, path }) => [kind, path.slice(one.folder.length + 1)])).toEqual([
      ['version', `marts/.versions/small/${runs[0]}.duckdb`],
      ['version', `marts/.versions/small/${runs[1]}.duckdb`],
      ['version', 'marts/.versions/small-history/1.duckdb'],
      ['link', 'marts/small.duckdb.next-1'],
      ['temporary', '.sillage/tmp/small'],
      ['temporary', '.sillage/tmp/small-diff'],
      ['temporary', '.sillage/small/work.duckdb.next'],
      ['cache', '.sillage/small/sample.duckdb'],
      ['cache', '.sillage/small/scratch'],
      ['journal', `.sillage/small/runs/${runs[0]}.jsonl`],
    ])
    expect(would.items.slice(4).map(({ bytes }) => bytes)).toEqual([100, 100, 100, 50, 3, expect.any(Number)])
    expect(would.items[0]!.bytes).toBe(statSync(would.items[0]!.path).size)
    const shrinks = would.compacted ? would.compacted.before - would.compacted.after : 0
    expect(would.freed_bytes).toBe(would.items.reduce((sum, { bytes }) => sum + bytes, shrinks))
    expect([kept(one).length, would.segments, deliveries(one).length > 1]).toEqual([3, 0, true])
    const done = await collect(one)
    expect(done.items).toEqual(would.items)
    expect(done.segments).toBeGreaterThan(1)
    expect(deliveries(one)).toHaveLength(1)
    expect(kept(one)).toEqual([`${runs[2]}.duckdb`])
    for (const { path } of done.items) expect(existsSync(path), path).toBe(false)
    expect(existsSync(at('state/notes.txt'))).toBe(true)
    const told = one.receiver.told.length
    expect((await one.run()).run.error).toBeUndefined()
    expect(one.receiver.told).toHaveLength(told)
    expect(await collect(one, { journals: 9 })).toMatchObject({ items: [], segments: 0, freed_bytes: 0 })
  })

  it('is never what another process is about: a sample or a backfill that goes on', async () => {
    const { one } = await ran(1)
    one.write('.sillage/tmp/small/a', 'x')
    const sample = join(one.folder, '.sillage/small/sample.duckdb')
    {
      await using _ = await openDatabase({ path: sample })
      expect((await collect(one)).items).toEqual([])
    }
    expect((await collect(one)).items.map(({ kind }) => kind)).toEqual(['temporary', 'cache'])
  })

  it('is a version that no reader ever saw', async () => {
    const { one, runs } = await ran(1)
    writeFileSync(join(one.folder, 'marts/.versions/small/20260101T000000-ffff.duckdb'), 'never shown')
    one.write('.sillage/small/runs/20260101T000000-ffff.jsonl', '{"event":"run_started"}\n')
    const { items } = await collect(one, { keep: 5, journals: 9 })
    expect(items.map(({ kind }) => kind)).toEqual(['orphan'])
    expect(kept(one)).toEqual([`${runs[0]}.duckdb`])
  })

  it('goes too where there is no working database, or one of another layout', async () => {
    const { one } = await ran(2)
    const work = join(one.folder, '.sillage/small/work.duckdb')
    await ask(['update sillage.version set number = 0', 'select 1'], work)
    expect((await collect(one, { dryRun: true })).items).toHaveLength(1)
    rmSync(work)
    const done = await collect(one)
    expect([done.items.length, done.compacted, deliveries(one).length]).toEqual([1, null, 1])
    expect(done.segments).toBeGreaterThan(1)
    expect(existsSync(work)).toBe(false)
    const other = await collectGarbage({
      stores: duckdbEngine,
      places: placesOf(one.folder),
      pipeline: 'none',
      keep: 1,
      journals: 1,
      command: '',
      dryRun: false,
    })
    expect(other).toEqual({ pipeline: 'none', items: [], compacted: null, segments: 0, freed_bytes: 0 })
  })
})

describe('a working database', () => {
  it('is made anew without the blocks that nothing fills', async () => {
    const { one } = await ran(1)
    const work = join(one.folder, '.sillage/small/work.duckdb')
    await ask(
      [
        'create table big as select hash(range) as h, range::varchar as t from range(400000)',
        'checkpoint',
        'create table tail as select range as n from range(100000)',
        'checkpoint',
        'drop table big',
        'checkpoint',
        'select 1',
      ],
      work,
    )
    const before = statSync(work).size
    const would = await collect(one, { dryRun: true })
    expect(would.compacted!.before).toBe(before)
    expect(would.compacted!.after).toBeLessThan(before)
    expect(statSync(work).size).toBe(before)
    const done = await collect(one)
    expect(done.compacted!.after).toBe(statSync(work).size)
    expect(statSync(work).size).toBeLessThan(before / 2)
    const items = done.items.reduce((sum, { bytes }) => sum + bytes, 0)
    expect(done.freed_bytes).toBe(items + before - done.compacted!.after)
    expect(existsSync(`${work}.next`)).toBe(false)
    expect(await one.rows('select count(*) as n from segment.grouped')).toEqual([{ n: 4 }])
    expect(new Set((await one.run()).run.steps.slice(0, 3).map(({ action }) => action))).toEqual(
      new Set(['reuse']),
    )
    expect((await collect(one)).compacted).toBeNull()
  })

  it('that a run holds is left to it', async () => {
    const { one } = await ran(1)
    await using _ = await openDatabase({ path: join(one.folder, '.sillage/small/work.duckdb') })
    await expect(collect(one)).rejects.toMatchObject({ code: 'busy', exit: 75 })
  })
})
