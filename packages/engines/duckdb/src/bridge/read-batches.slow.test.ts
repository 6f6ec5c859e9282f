import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
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

describe('a stream that fails part-way throws the cause,', () => {
  const failing = {
    'a cast': [
      "select cast(case when i = 300000 then 'jane@example.org' else '1' end as integer) n from range(500000) r(i)",
      /Could not convert string '…' to INT32/,
    ],
    'an error of its own': [
      "select case when i = 300000 then error('no such rate') else i end n from range(500000) r(i)",
      /no such rate/,
    ],
    'an overflow': [
      'select (9223372036854475807 + i)::bigint n from range(500000) r(i)',
      /Overflow|out of range/,
    ],
  } as const
  for (const [what, [select, message]] of Object.entries(failing)) {
    test(`${what}, after batches were handed on`, async () => {
      const seen: number[] = []
      const reading = (async () => {
        for await (const batch of readBatches({ connection, select, batchRows: 4096 }))
          seen.push(batch.numRows)
      })()
      await expect(reading).rejects.toMatchObject({
        code: 'stream_failed',
        message: expect.stringMatching(message),
      })
      expect(seen.length).toBeGreaterThan(10)
      await expectUsable()
    })
  }
})

/** A connection inside a transaction refuses to begin another. */
async function expectUsable(): Promise<void> {
  await connection.run('begin')
  await connection.run('rollback')
}
