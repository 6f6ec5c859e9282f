import { expect, test } from 'vitest'
import { Database } from './database.ts'
import { duckDbVersion } from './duckdb-version.ts'

test('the version that the package tells is the one that runs', async () => {
  await using database = await Database.open({ path: ':memory:' })
  using session = await database.session()
  const { version } = await session.row<{ version: string }>('select version() as version')
  expect(version).toBe(`v${duckDbVersion()}`)
})
