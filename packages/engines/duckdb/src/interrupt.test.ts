import { setTimeout as wait } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { readBatches } from './bridge/read-batches.ts'
import { Database } from './database.ts'

const endless = 'select sum(sqrt(a.i * b.i)) as s from range(100000000) a(i), range(100000) b(i)'

test.each([
  ['on its way to its thread', 0],
  ['at work', 60],
])('a statement %s when the interrupt comes ends', async (_, ms) => {
  await using database = await Database.open({ path: ':memory:' })
  using session = await database.session()
  const running = session.run(endless)
  if (ms > 0) await wait(ms)
  database.interrupt()
  await expect(running).rejects.toThrow(/interrupt/i)
})

test('a statement that begins after the interrupt ends too, on any session, and one of an instant is let through', async () => {
  await using database = await Database.open({ path: ':memory:' })
  using before = await database.session()
  database.interrupt()
  using after = await database.session()
  for (const session of [before, after]) {
    expect(await session.rows('select 1 as one')).toEqual([{ one: 1 }])
    await expect(session.run(endless)).rejects.toThrow(/interrupt/i)
    await expect(session.transaction(async () => await session.run(endless))).rejects.toThrow(/interrupt/i)
    expect(await session.rows('select 2 as two')).toEqual([{ two: 2 }])
  }
})

test('a session that was interrupted and let go of leaves the others alone', async () => {
  await using database = await Database.open({ path: ':memory:' })
  using other = await database.session()
  {
    using session = await database.session()
    session.interrupt()
  }
  await other.run('create table numbers as select sum(sqrt(range)) from range(30000000)')
})

test('a stream whose signal fires before its first chunk ends', async () => {
  await using database = await Database.open({ path: ':memory:' })
  using session = await database.session()
  const stop = new AbortController()
  const batches = readBatches({ connection: session.connection, select: endless, signal: stop.signal })
  const first = batches.next()
  await Promise.resolve()
  stop.abort(new Error('stopped'))
  await expect(first).rejects.toThrow('stopped')
})
