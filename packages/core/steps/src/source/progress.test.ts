import { describe, expect, it } from 'vitest'
import { withSession } from '../testing/with-session.ts'
import {
  assertHoldsBatches,
  behindBatch,
  currentOf,
  keptOutBy,
  measureRead,
  nothingRead,
  sourceNotRead,
  withoutForgotten,
} from './progress.ts'

const step = {
  stage: 'orders',
  asked: 'all',
  columns: [{ name: 'n' }],
  parts: { suppressed: 'hash', inputs: [] },
  style: 'source',
  fingerprint: 'f',
} as never
const nothing = nothingRead(step)

describe('how far a source was read', () => {
  it('is nowhere at first, and behind each batch', () => {
    expect(nothing).toEqual({
      stage: 'orders',
      asked: 'all',
      cursor: null,
      moved: null,
      rows: 0,
      batches: 0,
      content: '0',
      kept_out: 0,
      suppressed: 'hash',
    })
    expect(keptOutBy({ parts: {} } as never)).toBeNull()
    const one = behindBatch(nothing, {
      cursor: '1',
      arrived: 5,
      written: { rows: 3, content: '9007199254740993' },
    })
    expect(one).toMatchObject({
      cursor: '1',
      moved: '1',
      rows: 3,
      batches: 1,
      content: '9007199254740993',
      kept_out: 2,
    })
    const two = behindBatch(one, { cursor: '2', arrived: 0, written: { rows: 0, content: '0' } })
    expect(two).toMatchObject({ cursor: '2', moved: '1', rows: 3, batches: 2, kept_out: 2 })
    expect(
      behindBatch(two, { cursor: '2', arrived: undefined, written: { rows: 0, content: '0' } }),
    ).toMatchObject({ batches: 2, kept_out: 2 })
  })

  it('is less where others asked to be forgotten since', () => {
    const before = { ...nothing, rows: 10, kept_out: 1 }
    expect(withoutForgotten(step, before, { rows: 8, content: '7' })).toMatchObject({
      rows: 8,
      kept_out: 3,
      content: '7',
      suppressed: 'hash',
    })
  })

  it('is told as the counts of the source, whose fingerprint moves with it', () => {
    const at = { ...nothing, rows: 8, kept_out: 3, cursor: '1', moved: '1' }
    const told = currentOf(step, at, { run: 'r1', started: performance.now() })
    expect(told).toMatchObject({
      stage: 'orders',
      run: 'r1',
      rows_in: null,
      rows_out: 8,
      filtered: 3,
      rejected: 0,
      merged: 0,
    })
    const other = currentOf(step, { ...at, content: '5' }, { run: 'r1', started: performance.now() })
    expect(other.fingerprint).not.toBe(told.fingerprint)
    expect(told.seconds).toBeLessThan(5)
  })
})

it('rows are counted, and their hashes do not hang on the order', async () => {
  await withSession(async (session) => {
    const forwards = await measureRead(session, step, '(select range as n from range(5))')
    const backwards = await measureRead(session, step, '(select 4 - range as n from range(5))')
    expect([forwards.rows, backwards]).toEqual([5, forwards])
    expect((await measureRead(session, step, '(select range as n from range(1, 6))')).content).not.toBe(
      forwards.content,
    )
    expect(await measureRead(session, step, '(select 1 as n where false)')).toEqual({ rows: 0, content: '0' })
  })
})

it('a table that does not hold the rows of its batches breaks the law', () => {
  const at = { ...nothing, rows: 5 }
  expect(() => assertHoldsBatches(at, 5)).not.toThrow()
  expect(() => assertHoldsBatches(at, 4)).toThrow(
    expect.objectContaining({ code: 'rows_lost', facts: { stage: 'orders' } }),
  )
  expect(sourceNotRead('orders')).toMatchObject({ code: 'source_not_read', exit: 1 })
})
