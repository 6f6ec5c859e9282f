import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import { batchOf, columnData, fromMessage, toMessage } from '@sillage/sql/arrow'
import {
  Binary,
  Bool,
  Data,
  Dictionary,
  Field,
  Float64,
  Int8,
  Int32,
  makeVector,
  Null,
  type RecordBatch,
  Schema,
  Utf8,
  type Vector,
  vectorFromArray,
} from 'apache-arrow'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { BatchWriter } from './batch-writer.ts'

let instance: DuckDBInstance
let connection: DuckDBConnection
beforeAll(async () => {
  instance = await DuckDBInstance.create()
  connection = await instance.connect()
})
afterAll(() => {
  connection.closeSync()
  instance.closeSync()
})

const row = fc.record({
  n: fc.option(fc.integer()),
  d: fc.option(fc.double({ noNaN: true })),
  b: fc.option(fc.boolean()),
  t: fc.option(fc.string({ unit: 'grapheme', maxLength: 30 })),
  e: fc.option(fc.constantFrom('low', 'high', 'it’s')),
})
const slice = fc.record({
  rows: fc.oneof(
    fc.array(row, { maxLength: 50 }),
    fc.array(row, { minLength: 2040, maxLength: 2100, size: 'max' }),
  ),
  from: fc.nat(40),
  drop: fc.nat(20),
})

test('slices and dictionaries arrive as their values, straight and through a message', {
  timeout: 60_000,
}, async () => {
  await fc.assert(
    fc.asyncProperty(slice, async ({ rows, from, drop }) => {
      const whole = batchFrom({
        n: vectorFromArray(
          rows.map(({ n }) => n),
          new Int32(),
        ),
        d: vectorFromArray(
          rows.map(({ d }) => d),
          new Float64(),
        ),
        b: vectorFromArray(
          rows.map(({ b }) => b),
          new Bool(),
        ),
        t: vectorFromArray(
          rows.map(({ t }) => t),
          new Utf8(),
        ),
        e: vectorFromArray(
          rows.map(({ e }) => e),
          new Dictionary(new Utf8(), new Int32()),
        ),
        v: vectorFromArray(
          rows.map(({ e }) => e),
          new Dictionary(new Utf8(), new Int8()),
        ),
        z: makeVector({ type: new Null(), length: rows.length }),
      })
      const end = Math.max(from, rows.length - drop)
      const expected = rows.slice(from, end).map(({ n, d, b, t, e }) => [n, d, b, t, e, e, null])
      const sliced = whole.slice(from, end)
      // In this order: a slice that fills its buffers gives them away with the message.
      const received = () => {
        const { message, transfer } = toMessage(sliced)
        return fromMessage(sliced.schema, structuredClone(message, { transfer }))
      }
      for (const batch of [() => sliced, received]) {
        await connection.run(
          "create or replace table t (n integer, d double, b boolean, t varchar, e enum('high', 'low', 'it’s'), v varchar, z date)",
        )
        await append('t', [batch()])
        expect(await rowsOf('from t order by rowid')).toEqual(expected)
      }
    }),
    { numRuns: 40, endOnFailure: true },
  )
})

test('columns are found by name, in any order', async () => {
  await connection.run('create or replace table t (a integer, b varchar)')
  await append('t', [
    batchFrom({ b: vectorFromArray(['x'], new Utf8()), a: vectorFromArray([1], new Int32()) }),
  ])
  expect(await rowsOf('from t')).toEqual([[1, 'x']])
})

test('texts compare, group and join like DuckDB’s own, whatever stood before in the same memory', async () => {
  await connection.run('create or replace table t (a varchar)')
  const long = ['a text of more than twelve bytes', 'twelve bytes', 'abc', '', 'ab']
  await append('t', [
    batchFrom({ a: vectorFromArray(long, new Utf8()) }),
    batchFrom({ a: vectorFromArray([...long].reverse(), new Utf8()) }),
  ])
  expect(await rowsOf('select a, count(*)::int from t group by a order by a')).toEqual(
    [...long].sort().map((text) => [text, 2]),
  )
  expect(await rowsOf("select count(*)::int from t where a = 'ab' or a = 'abc' or a = ''")).toEqual([[6]])
})

test.each([
  ['lacks a column', 'column "b" is missing', { a: vectorFromArray([1], new Int32()) }],
  [
    'has another column',
    'column "c" is not in the table',
    { a: vectorFromArray([1], new Int32()), c: vectorFromArray([1], new Int32()) },
  ],
  [
    'has another type',
    'column "a" is DOUBLE, the table has INTEGER',
    { a: vectorFromArray([1], new Float64()), b: vectorFromArray(['x'], new Utf8()) },
  ],
])('a batch that %s is refused before a row is written', async (_, message, columns) => {
  await connection.run('create or replace table t (a integer, b varchar)')
  await expect(append('t', [batchFrom(columns)])).rejects.toMatchObject({
    code: 'batch_mismatch',
    message: expect.stringContaining(message),
  })
  expect(await rowsOf('from t')).toEqual([])
})

test('bytes that are not UTF-8 never become text', async () => {
  await connection.run('create or replace table t (a varchar)')
  const bytes = Uint8Array.of(0x61, 0xc3, 0xa9, 0xff)
  const invalid = (offsets: number[]) => batchFrom({ a: makeText(bytes, offsets) })
  await expect(append('t', [invalid([0, 1, 4])])).rejects.toMatchObject({ code: 'invalid_text' })
  await expect(append('t', [invalid([0, 2, 3])])).rejects.toMatchObject({ code: 'invalid_text' })
  const sameLength = [batchFrom({ a: makeText(bytes, [0, 1]) }), invalid([3, 4])]
  await expect(append('t', sameLength)).rejects.toMatchObject({ code: 'invalid_text' })
  await append('t', [invalid([0, 1, 3])])
  expect(await rowsOf('from t')).toEqual([['a'], ['é']])
})

test('any bytes are a BLOB', async () => {
  await connection.run('create or replace table t (a blob)')
  const values = Uint8Array.from({ length: 20 }, (_, index) => 255 - index)
  await append('t', [batchFrom({ a: vectorFromArray([values, new Uint8Array(0)], new Binary()) })])
  expect(await rowsOf('select hex(a) from t')).toEqual([
    [Buffer.from(values).toString('hex').toUpperCase()],
    [''],
  ])
})

test('a dictionary’s text that the ENUM does not name is refused, unless no row uses it', async () => {
  await connection.run("create or replace table t (e enum('low', 'high'))")
  const texts = vectorFromArray(['low', 'other', 'high'], new Dictionary(new Utf8(), new Int8()))
  await expect(append('t', [batchFrom({ e: texts })])).rejects.toMatchObject({ code: 'not_in_enum' })
  await append('t', [batchFrom({ e: texts }).slice(2, 3)])
  expect(await rowsOf('from t')).toEqual([['high']])
})

test('a column that holds fewer values than rows stops before memory is read beyond it', async () => {
  await connection.run('create or replace table t (a integer)')
  const short = batchOf(new Schema([new Field('a', new Int32(), true)]), 100, [
    columnData({ type: new Int32(), rows: 100, values: new Int32Array(3) }),
  ])
  await expect(append('t', [short])).rejects.toMatchObject({ code: 'batch_mismatch' })
})

test('a column that counts nulls and cannot say which is refused', async () => {
  await connection.run('create or replace table t (a integer)')
  const data = new Data(new Int32(), 0, 2, 1, { 1: Int32Array.of(1, 0), 2: new Uint8Array(0) })
  const batch = batchOf(new Schema([new Field('a', new Int32(), true)]), 2, [data])
  await expect(append('t', [batch])).rejects.toMatchObject({ code: 'batch_mismatch' })
  expect(() => toMessage(batch)).toThrow(/column "a"/)
})

test('what was not flushed is dropped on leaving early, and rows count what was appended', async () => {
  await connection.run('create or replace table t (a integer)')
  const batch = batchFrom({ a: vectorFromArray([1, 2, 3], new Int32()) })
  const writer = await BatchWriter.open({ connection, schema: 'main', table: 't' })
  writer.append(batch)
  writer.flush()
  writer.append(batch)
  expect(writer.rows).toBe(6)
  await writer[Symbol.asyncDispose]()
  expect(await rowsOf('select count(*)::int from t')).toEqual([[3]])
})

test('a row that the table refuses raises when it is flushed, and leaving afterwards raises nothing more', async () => {
  await connection.run('create or replace table t (a integer primary key)')
  const writer = await BatchWriter.open({ connection, schema: 'main', table: 't' })
  writer.append(batchFrom({ a: vectorFromArray([1, 1], new Int32()) }))
  expect(() => writer.flush()).toThrow(/duplicate|constraint/i)
  await writer[Symbol.asyncDispose]()
  expect(await rowsOf('from t')).toEqual([])
})

async function append(table: string, batches: readonly RecordBatch[]): Promise<void> {
  const writer = await BatchWriter.open({ connection, schema: 'main', table })
  try {
    for (const batch of batches) writer.append(batch)
    writer.close()
  } finally {
    await writer[Symbol.asyncDispose]()
  }
}

async function rowsOf(select: string): Promise<unknown[][]> {
  return (await connection.runAndReadAll(select)).getRowsJS()
}

function batchFrom(columns: Readonly<Record<string, Vector>>): RecordBatch {
  const vectors = Object.values(columns)
  const schema = new Schema(Object.entries(columns).map(([name, { type }]) => new Field(name, type, true)))
  return batchOf(
    schema,
    vectors[0]!.length,
    vectors.map((vector) => vector.data[0] ?? makeVector({ type: vector.type, length: 0 }).data[0]!),
  )
}

function makeText(values: Uint8Array, offsets: number[]): Vector {
  return makeVector(
    columnData({ type: new Utf8(), rows: offsets.length - 1, values, offsets: Int32Array.from(offsets) }),
  )
}
