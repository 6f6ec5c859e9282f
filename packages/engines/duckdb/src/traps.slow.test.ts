/** Facts of DuckDB as those of `traps.test.ts`, which only many rows show. */
import { type DuckDBConnection, DuckDBInstance, type DuckDBResult } from '@duckdb/node-api'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { readBatches } from './bridge/read-batches.ts'

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

describe('a stream', () => {
  const failing = "select case when i = 300000 then error('bad row') else i end as n from range(500000) r(i)"

  test('that fails part-way ends like a finished one; only its transaction knows', async () => {
    await connection.run('begin')
    const rows = await drain(await connection.stream(failing))
    expect(rows).toBeGreaterThan(0)
    expect(rows).toBeLessThan(500_000)
    await expect(connection.run('select 1')).rejects.toThrow(/aborted/)
    await connection.run('rollback')
  })

  test('that fails part-way is caught by the bridge', async () => {
    const reading = drainBatches(failing)
    await expect(reading).rejects.toMatchObject({
      code: 'stream_failed',
      message: expect.stringContaining('bad row'),
    })
  })

  test('ends without a sign when its connection runs another statement', async () => {
    await connection.run('begin')
    const stream = await connection.stream('select i from range(500000) r(i)')
    await stream.fetchChunk()
    await connection.run('select 1')
    expect(await drain(stream)).toBeLessThan(400_000)
    await connection.run('commit')
  })

  test('is what hides the error: the same statement raises it when it is materialised', async () => {
    await expect(connection.run(failing)).rejects.toThrow(/bad row/)
  })
})

async function drain(result: DuckDBResult): Promise<number> {
  let rows = 0
  for (;;) {
    const chunk = await result.fetchChunk()
    if (!chunk || chunk.rowCount === 0) return rows
    rows += chunk.rowCount
  }
}

async function drainBatches(select: string): Promise<number> {
  let rows = 0
  for await (const batch of readBatches({ connection, select })) rows += batch.numRows
  return rows
}
