import { batchOf, columnData } from '@sillage/sql/arrow'
import { Field, Int64, type RecordBatch, Schema } from 'apache-arrow'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { batchMaker } from './batch-maker.ts'
import { shareBeside } from './beside.ts'
import { returnedColumns } from './engine-columns.ts'
import { mapBatches } from './map-batches.ts'
import type { BatchCall, Passed } from './task.ts'
import { WorkerPool } from './worker-pool.ts'

const module = new URL('./fixtures/shapes.mjs', import.meta.url).href
const half = { name: 'half', type: 'DOUBLE' }

function call(way: string, rows: BatchCall['rows'], more: Partial<BatchCall> = {}): BatchCall {
  return {
    kind: 'batch',
    plugin: 'clean/shapes',
    module,
    config: { way },
    reads: [{ name: 'n', type: 'BIGINT' }],
    output: returnedColumns({ makes: [half], rows, rejects: 0 }),
    rows,
    rejects: 0,
    outputs: { odd: [{ name: 'n', type: 'BIGINT' }] },
    limits: {},
    ...more,
  }
}

let pool: WorkerPool
beforeAll(async () => {
  pool = await WorkerPool.open({ threads: 2, maxHeapMb: 64, timeoutMs: 240_000 })
})
afterAll(() => pool[Symbol.asyncDispose]())

describe('rows that leave', () => {
  test('say over the whole input which rows they are, and further outputs have theirs', async () => {
    const notes: string[] = []
    const passed = await through(call('filter', 'filter'), [[1, 2, 3, 4], [5], [6, 8]], notes)
    expect(passed.map(({ rows }) => cells(rows, '_from'))).toEqual([[1, 3], [], [5, 6]])
    expect(passed.map(({ rows }) => cells(rows, 'half'))).toEqual([[1, 2], [], [3, 4]])
    expect(passed.map(({ outputs }) => cells(outputs.odd!, 'n'))).toEqual([[1, 3], [5], []])
    expect(notes.sort()).toEqual(['0 odd', '1 odd', '2 odd'])
  })

  test('may be more than came, each made from one of them, however they are cut into batches', async () => {
    const batches = fc.array(fc.array(fc.nat({ max: 3 }), { minLength: 1, maxLength: 5 }), { maxLength: 5 })
    await fc.assert(
      fc.asyncProperty(batches, async (sent) => {
        const passed = await through(call('expand', 'expand'), sent)
        const from = passed.flatMap(({ rows }) => cells(rows, '_from'))
        expect(from).toEqual(sent.flat().flatMap((times, row) => new Array<number>(times).fill(row)))
      }),
      { numRuns: 20 },
    )
  })

  test('may be groups that hold all that came', async () => {
    const [passed] = await through(call('group', 'group'), [[7, 7, 7, 8, 9, 9]])
    expect(cells(passed!.rows, '_rows')).toEqual([3, 1, 2])
  })

  test.each([
    ['twice', 'filter', 'column "_from" names the row 0 again or out of turn'],
    ['twice', 'merge', 'column "_from" names the row 0 again or out of turn'],
    ['back', 'expand', 'column "_from" names the row 0 again or out of turn'],
    ['beyond', 'expand', 'column "_from" names the row 3 of a batch of 3 rows'],
    ['unsaid', 'filter', 'columns [half] where it declares [half, _from]'],
    ['null', 'filter', 'column "_from" holds nulls'],
    ['lost', 'group', 'its groups hold 2 rows of 3 rows'],
    ['empty', 'group', 'column "_rows" holds 0: a group has a row at least'],
    ['more', 'filter', 'an output "other", which it does not declare'],
    ['wrong', 'filter', 'column "n" is Utf8 where it declares BIGINT'],
  ] as const)('that are not what is declared are refused: %s for %s', async (way, rows, message) => {
    await expect(through(call(way, rows), [[1, 2, 3]])).rejects.toMatchObject({
      code: 'plugin_output',
      message: expect.stringContaining(message),
    })
  })
})

test('each worker gets what is read beside the rows, once, from memory that they share', async () => {
  const { column, text, batch } = batchMaker(new Set())
  const words = batch({ n: column('BIGINT', [1, 2, 3]), word: text(['one', 'deux', null]) })
  const beside = shareBeside({ words })!
  const sent = beside.inputs.words!.message.buffers.filter((bytes) => bytes !== null)
  expect(sent.map(({ buffer }) => buffer instanceof SharedArrayBuffer)).not.toContain(false)
  const output = [{ name: 'word', type: 'VARCHAR' }]
  const passed = await through(call('beside', 'same', { output, beside }), [[3, 2], [1], [2]])
  expect(passed.flatMap(({ rows }) => [...rows.getChild('word')!])).toEqual([null, 'deux', 'one', 'deux'])
})

describe('who waits', () => {
  test('is told to end before its worker is ended', async () => {
    const stop = new AbortController()
    const notes: string[] = []
    const output = [{ name: 'n', type: 'BIGINT' }]
    const waiting = through(call('waits', 'same', { output }), [[1]], notes, stop.signal)
    setTimeout(() => stop.abort(new Error('interrupted')), 200)
    await expect(waiting).rejects.toThrow('interrupted')
    await expect.poll(() => notes).toEqual(['told to end'])
  })

  test('is asked one batch at a time where it bears no more', async () => {
    let most = 0
    let underWay = 0
    async function* source() {
      for (let at = 0; at < 6; at += 1) {
        underWay += 1
        most = Math.max(most, underWay)
        yield numbers([at])
      }
    }
    const task = call('expand', 'expand', { limits: { atOnce: 1 } })
    for await (const _ of mapBatches({ pool, source: source(), task })) underWay -= 1
    expect(most).toBe(1)
  })
})

async function through(
  task: BatchCall,
  sent: readonly (readonly number[])[],
  notes: string[] = [],
  signal?: AbortSignal,
): Promise<readonly Passed[]> {
  async function* source() {
    for (const values of sent) yield numbers(values)
  }
  const passed: Passed[] = []
  const note = (text: string): void => void notes.push(text)
  for await (const one of mapBatches({ pool, source: source(), task, note, signal })) passed.push(one)
  return passed
}

function cells(batch: RecordBatch, name: string): readonly number[] {
  return [...batch.getChild(name)!].map(Number)
}

function numbers(values: readonly number[]): RecordBatch {
  const type = new Int64()
  const data = columnData({ type, rows: values.length, values: BigInt64Array.from(values, BigInt) })
  return batchOf(new Schema([new Field('n', type)]), values.length, [data])
}
