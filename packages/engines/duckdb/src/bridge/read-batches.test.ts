import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import type { RecordBatch } from 'apache-arrow'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { readBatches } from './read-batches.ts'

let instance: DuckDBInstance
let connection: DuckDBConnection
beforeAll(async () => {
  instance = await DuckDBInstance.create(':memory:', { threads: '2' })
})
beforeEach(async () => {
  connection = await instance.connect()
})
afterEach(() => connection.closeSync())
afterAll(() => instance.closeSync())

test('batches have the rows asked for, whatever the chunks are; the last has the rest', async () => {
  const select = 'select i from range(10000) r(i) where i % 3 > 0'
  expect((await collect({ select, batchRows: 1500 })).map(({ numRows }) => numRows)).toEqual([
    1500, 1500, 1500, 1500, 666,
  ])
})

test('a select without rows gives no batch', async () => {
  expect(await collect({ select: 'select 1 as n where false' })).toEqual([])
})

test('a statement that fails before its first row throws at once', async () => {
  await expect(collect({ select: 'select no_such_column from range(3)' })).rejects.toThrow(/no_such_column/)
  await expectUsable()
})

test('a column that Arrow cannot hold flat is refused with its name and the way out', async () => {
  const reading = collect({ select: "select 1 a, [1, 2] tags, {'x': 1} place" })
  await expect(reading).rejects.toMatchObject({
    code: 'unsupported_type',
    message: expect.stringContaining('"tags" has the type INTEGER[]'),
    hint: expect.stringContaining('to_json("tags")'),
  })
  await expectUsable()
})

test('an abort interrupts the statement and throws the reason', async () => {
  const abort = new AbortController()
  const reason = new Error('enough')
  setTimeout(() => abort.abort(reason), 50)
  const select = 'select sum(sqrt(a.i * b.i)) from range(100000000) a(i), range(100000) b(i)'
  await expect(collect({ select, signal: abort.signal })).rejects.toBe(reason)
  await expectUsable()
})

test('an abort between two batches throws too', async () => {
  const abort = new AbortController()
  const reading = (async () => {
    for await (const _ of readBatches({
      connection,
      select: 'select i from range(1000000) r(i)',
      batchRows: 2048,
      signal: abort.signal,
    }))
      abort.abort()
  })()
  await expect(reading).rejects.toThrow(/aborted/)
  await expectUsable()
})

test('leaving early gives the connection back without a transaction', async () => {
  for await (const _ of readBatches({ connection, select: 'select i from range(10000000) r(i)' })) break
  await expectUsable()
})

test('a batch keeps its rows while later ones are read', async () => {
  const select = "select i, 'a text that is longer than twelve bytes ' || i as t from range(100000) r(i)"
  const batches = await collect({ select, batchRows: 10_000 })
  const last = batches.map((batch) => batch.getChild('t')!.get(9_999))
  expect(last).toEqual(
    batches.map((_, index) => `a text that is longer than twelve bytes ${index * 10_000 + 9_999}`),
  )
})

async function collect(facts: Omit<Parameters<typeof readBatches>[0], 'connection'>): Promise<RecordBatch[]> {
  const batches: RecordBatch[] = []
  for await (const batch of readBatches({ connection, ...facts })) batches.push(batch)
  return batches
}

/** A connection inside a transaction refuses to begin another. */
async function expectUsable(): Promise<void> {
  await connection.run('begin')
  await connection.run('rollback')
}
