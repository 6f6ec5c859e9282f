import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from '@sillage/sdk'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { Database } from '../database.ts'
import { filesOf, openKept } from './kept-database.ts'

const folder = mkdtempSync(join(tmpdir(), 'sillage-kept-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const database = join(folder, 'work.duckdb')
const paths = { database }
const all = {
  removal: () => ({ where: undefined, how: 'none' }) as const,
  heldIn: () => sql`false`,
  cache: 'deliver',
}

/** Statements in the working database, as a run would leave them. */
async function left(...statements: readonly string[]): Promise<void> {
  await using kept = (await openKept({ paths, create: true }))!
  for (const statement of statements) await kept.session.run(statement)
}

describe('what runs left', () => {
  beforeEach(() => {
    for (const file of filesOf(paths).store) rmSync(file, { force: true })
  })

  it('is nothing where nothing ran, and is made where that is asked for', async () => {
    expect(await openKept({ paths })).toBeUndefined()
    expect(existsSync(database)).toBe(false)
    await using kept = (await openKept({ paths, create: true }))!
    expect(kept.isCurrent).toBe(true)
    expect(await kept.ledger.publications()).toEqual([])
  })

  it('of another layout is opened, and said to be of another', async () => {
    await left('update sillage.version set number = 1')
    await using kept = (await openKept({ paths, readOnly: true }))!
    expect(kept.isCurrent).toBe(false)
  })

  it('tells the relations of a plan, and no table behind them', async () => {
    await left(
      'create schema step',
      'create table step.lines (id integer, _reject integer)',
      'create schema clean',
      'create view clean.lines as select id from step.lines',
      'create schema reject',
      'create view reject.lines as select * from step.lines',
      'create schema "program:found"',
      'create table "program:found".nodes (id integer)',
    )
    await using kept = (await openKept({ paths, readOnly: true }))!
    expect(await kept.relations()).toEqual([
      { schema: 'clean', name: 'lines', columns: ['id'] },
      { schema: 'reject', name: 'lines', columns: ['id', '_reject'] },
    ])
  })

  it('is held by one, and read by none meanwhile', async () => {
    await left()
    await using _ = (await openKept({ paths, command: 'test' }))!
    await expect(openKept({ paths, readOnly: true })).rejects.toMatchObject({ code: 'busy' })
  })

  it('is written anew without some rows, with what others put there, and without what can be made again', async () => {
    await left(
      'create schema step',
      'create table step.lines as select i as id from range(10) t(i)',
      'create schema clean',
      'create view clean.lines as from step.lines',
      'create schema history',
      'create table history.scores as select 1 as id',
      'create schema deliver',
      'create table deliver.known as select 1 as id',
      'create schema "program:found"',
      'create table "program:found".nodes as select 1 as id',
      `insert into sillage.current values ('lines', 'f', 'r', 10, 10, 0, 0, 0, 1)`,
      `insert into sillage.publications values ('r', 'f', '/m', 'published', '2026-01-01')`,
    )
    {
      await using kept = (await openKept({ paths }))!
      const { tables, views } = await kept.rebuild({
        ...all,
        removal: (table) => ({ where: table === 'lines' ? sql`id = 3` : undefined, how: 'key' }),
      })
      expect(views).toEqual([])
      expect(tables.map(({ table, rows }) => [table, rows])).toEqual([
        ['history.scores', 0],
        ['sillage.reject_history', 0],
        ['step.lines', 1],
      ])
    }
    await using kept = (await openKept({ paths, readOnly: true }))!
    expect(kept.isCurrent).toBe(true)
    expect(await kept.session.row('select count(*) as n, bool_or(id = 3) as there from clean.lines')).toEqual(
      {
        n: 9,
        there: false,
      },
    )
    expect((await kept.ledger.known()).steps.size).toBe(0)
    expect(await kept.ledger.publications()).toHaveLength(1)
    expect((await kept.relations()).map(({ schema }) => schema)).toEqual(['clean'])
  })

  it('gives back room where much of it is empty, after it said how much', async () => {
    await left(
      'create table main.gone as select i, hash(i) as h from range(1_000_000) t(i)',
      'checkpoint',
      'drop table main.gone',
    )
    {
      await using kept = (await openKept({ paths, readOnly: true }))!
      const would = (await kept.compact({ dryRun: true }))!
      expect(would.after).toBeLessThan(would.before)
    }
    {
      await using kept = (await openKept({ paths }))!
      const done = (await kept.compact({ dryRun: false }))!
      expect(done.after).toBeLessThan(done.before / 2)
    }
    await using opened = await Database.open({ path: database, readOnly: true })
    using session = await opened.session()
    expect(await session.row('select number from sillage.version')).toEqual({ number: 3 })
    expect(filesOf(paths).leftovers.filter((path) => existsSync(path))).toEqual([])
  })
})
