import { isSillageError, type SillageError } from '@sillage/base'
import { batchOf, columnData } from '@sillage/sql/arrow'
import { Field, Float64, Int64, type RecordBatch, Schema, Utf8, vectorFromArray } from 'apache-arrow'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { mapBatches } from './map-batches.ts'
import type { BatchCall } from './task.ts'
import { WorkerPool } from './worker-pool.ts'

const fixture = (name: string) => new URL(`./fixtures/${name}.mjs`, import.meta.url).href

const shout: BatchCall = {
  kind: 'batch',
  plugin: 'clean/shout',
  module: fixture('shout'),
  config: { suffix: '!' },
  reads: [{ name: 'word', type: 'VARCHAR' }],
  output: [
    { name: 'loud', type: 'VARCHAR' },
    { name: 'letters', type: 'BIGINT' },
    { name: 'half', type: 'DOUBLE' },
    { name: 'short', type: 'BOOLEAN' },
    { name: 'calls', type: 'BIGINT' },
    { name: '_reject', type: 'BIGINT' },
  ],
  rows: 'same',
  rejects: 1,
  outputs: {},
  limits: {},
}

const misbehave = (ways: Readonly<Record<number, string>> = {}): BatchCall => ({
  kind: 'batch',
  plugin: 'clean/misbehave',
  module: fixture('misbehave'),
  config: { ways },
  reads: [{ name: 'n', type: 'BIGINT' }],
  output: [{ name: 'n', type: 'BIGINT' }],
  rows: 'same',
  rejects: 0,
  outputs: {},
  limits: {},
})

/** Longer than anything takes on a busy machine: only a plugin that never ends reaches it. */
const patientMs = 240_000

let pool: WorkerPool
/** For plugins that never end. */
let hasty: WorkerPool
beforeAll(async () => {
  pool = await WorkerPool.open({ threads: 2, maxHeapMb: 64, timeoutMs: patientMs })
  hasty = await WorkerPool.open({ threads: 2, maxHeapMb: 64, timeoutMs: 5000 })
})
afterAll(async () => {
  await pool[Symbol.asyncDispose]()
  await hasty[Symbol.asyncDispose]()
})

test('a plugin gets batches in a worker and its columns come back, nulls and refusals included', async () => {
  const [result] = await collect({ task: shout, source: [words(['été', null, '', 'long enough'])] })
  expect(result!.schema.fields.map(String)).toEqual([
    'loud: Utf8',
    'letters: Int64',
    'half: Float64',
    'short: Bool',
    'calls: Int64',
    '_reject: Int64',
  ])
  expect(result!.toArray().map((row) => Object.values(row!.toJSON()))).toEqual([
    ['ÉTÉ!', 3n, 1.5, true, 1n, 0n],
    [null, null, null, null, 1n, 0n],
    ['!', 0n, 0, true, 1n, 1n],
    ['LONG ENOUGH!', 11n, 5.5, false, 1n, 0n],
  ])
})

test('a plugin may promise its batch', async () => {
  const batches = await collect({ task: misbehave({ 4: 'later' }), source: [numbers([4, 5]), numbers([6])] })
  expect(batches.map((batch) => [...batch.getChild('n')!])).toEqual([[4n, 5n], [6n]])
})

test('results keep the order of the source, with at most two batches a thread under way', async () => {
  let asked = 0
  let received = 0
  let most = 0
  async function* source() {
    for (let index = 0; index < 40; index += 1) {
      asked += 1
      most = Math.max(most, asked - received)
      yield numbers(Array.from({ length: 1 + (index % 5) * 300 }, () => index))
    }
  }
  const order: bigint[] = []
  for await (const { rows } of mapBatches({ pool, source: source(), task: misbehave() })) {
    received += 1
    order.push(rows.getChild('n')!.get(0))
  }
  expect(order).toEqual(Array.from({ length: 40 }, (_, index) => BigInt(index)))
  expect(most).toBeLessThanOrEqual(pool.threads * 2)
})

test('a plugin is opened once a worker, and again for another configuration', async () => {
  const config = { suffix: '?' }
  const source = Array.from({ length: 12 }, () => words(['a']))
  const results = await collect({ task: { ...shout, config }, source })
  const calls = results.map((batch) => Number(batch.getChild('calls')!.get(0)))
  expect(Math.max(...calls)).toBeGreaterThanOrEqual(6)
  expect(calls.filter((call) => call === 1).length).toBeLessThanOrEqual(pool.threads)
  expect(results[0]!.getChild('loud')!.get(0)).toBe('A?')
})

test('an empty source gives nothing', async () => {
  expect(await collect({ task: shout, source: [] })).toEqual([])
})

describe('a plugin that misbehaves rejects with its name and its rows, and the pool lives on:', () => {
  const cases = [
    [
      'throws',
      'throw',
      'plugin_failed',
      /^plugin clean\/misbehave failed on rows 3–5: RangeError: cannot go on and on .{100,}…$/,
    ],
    ['throws an error that quotes its input', 'syntax', 'plugin_failed', /on rows 3–5: SyntaxError$/],
    [
      'throws what is no error',
      'text',
      'plugin_failed',
      /on rows 3–5: TypeError: threw something that is no Error$/,
    ],
    ['never ends', 'loop', 'plugin_timeout', /^plugin clean\/misbehave took longer than 5 s on rows 3–5$/],
    ['promises for ever', 'never', 'plugin_timeout', /took longer than 5 s on rows 3–5$/],
    ['breaks its promise', 'refuse', 'plugin_failed', /broken later/],
    ['leaves its worker', 'exit', 'plugin_crashed', /ended its worker on rows 3–5$/],
    ['uses up its heap', 'heap', 'plugin_out_of_memory', /used up its memory on rows 3–5$/],
    ['loses rows', 'short', 'plugin_output', /rows 3–5: 3 rows in, 2 rows out/],
    ['returns nothing', 'nothing', 'plugin_output', /rows 3–5: it returned no record batch/],
    [
      'returns another type',
      'type',
      'plugin_output',
      /column "n" is Utf8 where it declares BIGINT \(Int64\)/,
    ],
    ['returns another column', 'columns', 'plugin_output', /columns \[n, more\] where it declares \[n\]/],
  ] as const
  for (const [does, how, code, message] of cases) {
    test(does, async () => {
      const on = how === 'loop' || how === 'never' ? hasty : pool
      const failure = await failureOf({
        task: misbehave({ 4: how }),
        source: [numbers([0, 1, 2]), numbers([3, 4, 5]), numbers([6, 7, 8])],
        on,
      })
      expect(failure.message).toMatch(message)
      expect(failure).toMatchObject({ code, facts: { plugin: 'clean/misbehave', firstRow: 3, rows: 3 } })
      const [after] = await collect({ task: misbehave({ 4: how }), source: [numbers([7, 8])] })
      expect([...after!.getChild('n')!]).toEqual([7n, 8n])
    })
  }

  test.each([
    ['column buffers', 'buffers'],
    ['a list that grows', 'list'],
  ])('keeps %s from batch to batch', async (_, how) => {
    await using single = await WorkerPool.open({ threads: 1, maxHeapMb: 64, timeoutMs: patientMs })
    const source = Array.from({ length: 40 }, () => numbers([4]))
    const failure = await failureOf({ task: misbehave({ 4: how }), source, on: single })
    expect(failure).toMatchObject({ code: 'plugin_out_of_memory', facts: { plugin: 'clean/misbehave' } })
    expect(failure.message).toMatch(
      /keeps too much from batch to batch, seen on rows .* MB where 48 MB are allowed$/,
    )
  })

  test('makes rubbish is not one that keeps it', async () => {
    await using single = await WorkerPool.open({ threads: 1, maxHeapMb: 64, timeoutMs: patientMs })
    const source = Array.from({ length: 40 }, () => numbers([4]))
    expect(await collect({ task: misbehave({ 4: 'rubbish' }), source, on: single })).toHaveLength(40)
  })

  test('refuses rows by a rule that it does not have', async () => {
    const output = [...misbehave({ 4: 'reject' }).output, { name: '_reject', type: 'BIGINT' }]
    const failure = await failureOf({
      task: { ...misbehave({ 4: 'reject' }), output, rejects: 1 },
      source: [numbers([4])],
    })
    expect(failure.message).toMatch(/sets a bit beyond its 1 rules/)
  })

  test('cannot be opened', async () => {
    const failure = await failureOf({
      task: { ...misbehave(), plugin: 'clean/unopened', module: fixture('unopened') },
      source: [numbers([1])],
    })
    expect(failure).toMatchObject({
      code: 'list_missing',
      hint: 'run the setup',
      message: expect.stringMatching(/failed to open .*: the list of countries is missing$/),
    })
  })

  test('cannot be loaded', async () => {
    const failure = await failureOf({
      task: { ...misbehave(), plugin: 'clean/broken', module: fixture('broken') },
      source: [numbers([1])],
    })
    expect(failure.code).toBe('plugin_unloadable')
  })
})

test('the first failure in the order of the source is thrown, whichever came first in time', async () => {
  const failure = await failureOf({
    task: misbehave({ 1: 'loop', 2: 'throw' }),
    source: [numbers([1]), numbers([2])],
    on: hasty,
  })
  expect(failure).toMatchObject({ code: 'plugin_timeout', facts: { firstRow: 0 } })
})

test('waiting for a worker does not count as running', async () => {
  const single = await WorkerPool.open({ threads: 1, maxHeapMb: 64, timeoutMs: 8_000 })
  const [first, second, third] = await Promise.all([
    failureOf({ task: misbehave({ 1: 'sleep' }), source: [numbers([1])], on: single }),
    failureOf({ task: misbehave({ 1: 'sleep' }), source: [numbers([1])], on: single }),
    collect({ task: misbehave(), source: [numbers([1])], on: single }),
  ])
  expect([first.code, second.code, third.length]).toEqual(['plugin_timeout', 'plugin_timeout', 1])
  await single[Symbol.asyncDispose]()
})

test('an abort ends a running task with the reason of the signal', async () => {
  const abort = new AbortController()
  const reason = new Error('the user pressed ctrl-c')
  setTimeout(() => abort.abort(reason), 100)
  await expect(
    collect({ task: misbehave({ 1: 'loop' }), source: [numbers([1])], signal: abort.signal }),
  ).rejects.toBe(reason)
})

test('a source that fails is not taken for one that ended', async () => {
  const broken = new Error('the statement failed')
  async function* source() {
    yield numbers([1])
    throw broken
  }
  const reading = (async () => {
    for await (const _ of mapBatches({ pool, source: source(), task: misbehave() }));
  })()
  await expect(reading).rejects.toBe(broken)
})

test('leaving early ends the source and what is under way', async () => {
  let ended = false
  async function* source() {
    try {
      for (let index = 0; ; index += 1) yield numbers([index])
    } finally {
      ended = true
    }
  }
  for await (const _ of mapBatches({ pool, source: source(), task: misbehave() })) break
  expect(ended).toBe(true)
})

test('a pool closes while a plugin loops for ever', async () => {
  const closing = await WorkerPool.open({ threads: 1, maxHeapMb: 64, timeoutMs: patientMs })
  const task = failureOf({ task: misbehave({ 1: 'loop' }), source: [numbers([1])], on: closing }).catch(
    (error: unknown) => error,
  )
  await new Promise((resolve) => setTimeout(resolve, 200))
  await closing[Symbol.asyncDispose]()
  expect(await task).toBeInstanceOf(Error)
})

test('a pool may close at any instant of its start', async () => {
  for (let ms = 0; ms < 100; ms += 4) {
    const closing = await WorkerPool.open({ threads: 2, maxHeapMb: 64, timeoutMs: patientMs })
    await new Promise((resolve) => setTimeout(resolve, ms))
    await closing[Symbol.asyncDispose]()
  }
})

describe('a model', () => {
  const plugin = { plugin: 'score/mean', module: fixture('mean'), config: {} }

  test('is fitted in a worker on columns that move there, and applied batch by batch', async () => {
    const x = Float64Array.of(1, 2, 6)
    const model = await pool.fit({ kind: 'fit', ...plugin, asOf: '2020-01-01', data: { x } })
    expect(model).toEqual({ mean: 3, asOf: '2020-01-01' })
    expect(x.length).toBe(0)
    const task = {
      kind: 'apply',
      ...plugin,
      model,
      reads: [{ name: 'x', type: 'DOUBLE' }],
      output: [{ name: 'distance', type: 'DOUBLE' }],
    } as const
    const results: number[] = []
    for await (const { rows } of mapBatches({ pool, source: from([doubles([1, 9])]), task }))
      results.push(...rows.getChild('distance')!)
    expect(results).toEqual([-2, 6])
  })

  test('that cannot carry the data says so with its own code', async () => {
    const fitting = pool.fit({ kind: 'fit', ...plugin, asOf: '2020-01-01', data: { x: new Float64Array(0) } })
    await expect(fitting).rejects.toMatchObject({
      code: 'data_unfit',
      message: 'plugin score/mean failed while it fitted: no rows to fit on',
    })
  })

  test('with a number that JSON cannot hold is refused', async () => {
    const fitting = pool.fit({
      kind: 'fit',
      ...plugin,
      config: { broken: true },
      asOf: '2020-01-01',
      data: { x: Float64Array.of(1) },
    })
    await expect(fitting).rejects.toMatchObject({
      code: 'plugin_output',
      message: expect.stringContaining('the model.mean is NaN'),
    })
  })
})

interface Run {
  readonly task: BatchCall
  readonly source: readonly RecordBatch[]
  readonly signal?: AbortSignal
  readonly on?: WorkerPool
}

async function* from(batches: readonly RecordBatch[]) {
  yield* batches
}

async function collect({ task, source, signal, on = pool }: Run): Promise<RecordBatch[]> {
  const results: RecordBatch[] = []
  for await (const { rows } of mapBatches({ pool: on, source: from(source), task, signal }))
    results.push(rows)
  return results
}

async function failureOf(run: Run): Promise<SillageError> {
  try {
    await collect(run)
  } catch (error) {
    if (isSillageError(error)) return error
    throw error
  }
  throw new Error('it did not fail')
}

function words(values: readonly (string | null)[]): RecordBatch {
  const vector = vectorFromArray(values, new Utf8())
  return batchOf(new Schema([new Field('word', new Utf8(), true)]), values.length, [vector.data[0]!])
}

function numbers(values: readonly number[]): RecordBatch {
  return batchOf(new Schema([new Field('n', new Int64(), true)]), values.length, [
    columnData({ type: new Int64(), rows: values.length, values: BigInt64Array.from(values, BigInt) }),
  ])
}

function doubles(values: readonly number[]): RecordBatch {
  return batchOf(new Schema([new Field('x', new Float64(), true)]), values.length, [
    columnData({ type: new Float64(), rows: values.length, values: Float64Array.from(values) }),
  ])
}
