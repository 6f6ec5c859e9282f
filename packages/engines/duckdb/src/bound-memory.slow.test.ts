import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { Database } from './database.ts'

const mib = 2 ** 20
const limitOf = async (database: Database): Promise<string> => {
  using session = await database.session()
  const { now } = await session.row<{ now: string }>(`select current_setting('memory_limit') as now`)
  return now
}

it('bounds what DuckDB takes for as long as it is asked to, never beyond its own limit, and writes all the same', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sillage-bound-'))
  try {
    await using database = await Database.open({
      path: join(folder, 'work.duckdb'),
      memoryBytes: 512 * mib,
      threads: 2,
      tempFolder: join(folder, 'tmp'),
    })
    using session = await database.session()
    const before = await limitOf(database)
    {
      await using _ = await session.memory.bound(24 * mib)
      const [, number] = /^([\d.]+) MiB$/.exec(await limitOf(database)) ?? []
      expect(Number(number)).toBeLessThan(60)
      await session.run(
        'create table wide as select range as id, md5(range::varchar) as text from range(1000000)',
      )
    }
    expect(await limitOf(database)).toBe(before)
    {
      await using _ = await session.memory.bound(1024 * mib)
      expect(await limitOf(database)).toBe(before)
    }
    expect(await session.row('select count(distinct text) as n from wide')).toEqual({ n: 1_000_000 })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})
