import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { Database } from '../database.ts'
import { compact } from './compact.ts'

const folder = mkdtempSync(join(tmpdir(), 'sillage-compact-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** A database of which so many rows of a table are gone, and some of another are left behind it. */
async function holed(name: string, gone: number): Promise<string> {
  const path = join(folder, name)
  await using database = await Database.open({ path })
  using session = await database.session()
  await session.run(`create table big as select hash(range) as h, range::varchar as t from range(${gone})`)
  await session.run('create table kept as select range as n from range(100000)')
  await session.run('checkpoint')
  await session.run('drop table big')
  await session.run('checkpoint')
  return path
}

const compacted = async (path: string, dryRun = false) => {
  await using database = await Database.open({ path })
  using session = await database.session()
  return await compact(database, session, { dryRun })
}

it('a database with many empty blocks is made anew, and holds what it held', async () => {
  const path = await holed('a.duckdb', 400_000)
  const before = statSync(path).size
  const worth = await compacted(path, true)
  expect(worth!.before).toBe(before)
  expect(worth!.after).toBeLessThan(before * 0.75)
  // What an earlier one left when it was killed is no part of the new file.
  writeFileSync(`${path}.next`, 'half')
  writeFileSync(`${path}.next.wal`, 'half')
  const done = await compacted(path)
  expect(done).toEqual({ before, after: statSync(path).size })
  expect(done!.after).toBeLessThan(before * 0.75)
  expect([existsSync(`${path}.next`), existsSync(`${path}.next.wal`), existsSync(`${path}.wal`)]).toEqual([
    false,
    false,
    false,
  ])
  await using database = await Database.open({ path, readOnly: true })
  using session = await database.session()
  expect(await session.rows('select count(*) as n, sum(n)::bigint as s from kept')).toEqual([
    { n: 100_000, s: 4_999_950_000 },
  ])
  expect(await session.rows('select table_name as t from duckdb_tables()')).toEqual([{ t: 'kept' }])
})

it('one of which little would be freed is left alone', async () => {
  const path = await holed('b.duckdb', 10)
  const before = statSync(path).size
  expect(await compacted(path, true)).toBeUndefined()
  expect(await compacted(path)).toBeUndefined()
  expect(statSync(path).size).toBe(before)
})
