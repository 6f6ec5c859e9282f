import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { Database } from './database.ts'
import type { Session } from './session.ts'

const megabytesHeld = async (session: Session): Promise<number> =>
  (
    await session.row<{ mb: number }>(
      `select (sum(memory_usage_bytes) // 1000000)::bigint as mb from duckdb_memory()`,
    )
  ).mb

it('gives pages back, and the database is whole without its folder for what is spilled', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sillage-release-'))
  const path = join(folder, 'work.duckdb')
  const tempFolder = join(folder, 'tmp')
  try {
    {
      await using database = await Database.open({ path, memoryBytes: 400 * 2 ** 20, threads: 2, tempFolder })
      using session = await database.session()
      for (let table = 0; table < 60; table += 1)
        await session.run(
          `create table t${table} as select range as a, md5(range::varchar) as b, range % 7 as c from range(3000)`,
        )
      await session.memory.release()
      expect(await megabytesHeld(session)).toBeGreaterThan(20)
      await session.run('checkpoint')
      for (let table = 30; table < 60; table += 1)
        await session.run(`insert into t${table} select * from t0 limit 1000`)
      const before = await megabytesHeld(session)
      await session.memory.release()
      expect(await megabytesHeld(session)).toBeLessThan(before)
      const { limit } = await session.row<{ limit: string }>(
        `select current_setting('memory_limit') as "limit"`,
      )
      expect(limit).toBe('400.0 MiB')
      rmSync(tempFolder, { recursive: true, force: true })
      await session.run('insert into t0 values (1, null, 1)')
    }
    expect(existsSync(`${path}.wal`)).toBe(false)
    await using database = await Database.open({ path })
    using session = await database.session()
    expect(await session.row('select count(*) as n, count(b) as b from t0')).toEqual({ n: 3001, b: 3000 })
    expect(await session.row('select count(b) as b from t59')).toEqual({ b: 4000 })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})

it('frees nothing that a session still works on', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sillage-release-'))
  try {
    await using database = await Database.open({ path: join(folder, 'work.duckdb') })
    using session = await database.session()
    await session.run('create table t as select range as a, md5(range::varchar) as b from range(1000)')
    const rows = await session.lazyRows<{ a: number; b: string }>('select * from t order by a')
    await session.transaction(async () => {
      await session.run('insert into t values (1000, null)')
      await session.memory.release()
    })
    expect(rows.map(({ a }) => a)).toEqual(Array.from({ length: 1000 }, (_, index) => index))
    expect(rows[0]?.b).toBe('cfcd208495d565ef66e7dff9f98764da')
    expect(await session.row('select count(*) as n from t')).toEqual({ n: 1001 })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})
