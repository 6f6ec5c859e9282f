import { Field, Int32, List, Schema, vectorFromArray } from 'apache-arrow'
import { expect, test } from 'vitest'
import { batchOf, columnData } from './column-data.ts'
import { fromMessage, toMessage } from './message.ts'
import { arrowSchema } from './types.ts'

const schema = arrowSchema([{ name: 'n', type: 'INTEGER' }])
const batchOver = (values: Int32Array) =>
  batchOf(schema, values.length, [columnData({ type: new Int32(), rows: values.length, values })])

test('a buffer that a column fills is given away without a copy', () => {
  const values = Int32Array.of(1, 2, 3)
  const { message, transfer } = toMessage(batchOver(values))
  expect(transfer).toEqual([values.buffer])
  const received = fromMessage(schema, structuredClone(message, { transfer }))
  expect(values.length).toBe(0)
  expect([...received.getChild('n')!]).toEqual([1, 2, 3])
})

test('a buffer that others may share is copied: a slice, and what the sender does not own', () => {
  const values = Int32Array.of(1, 2, 3)
  const slice = toMessage(batchOver(values.subarray(1)))
  const foreign = toMessage(batchOver(values), () => false)
  for (const { message, transfer } of [slice, foreign]) structuredClone(message, { transfer })
  expect([...values]).toEqual([1, 2, 3])
})

test('two columns over one buffer travel together', () => {
  const values = Int32Array.of(1, 2, 3)
  const twice = arrowSchema([
    { name: 'a', type: 'INTEGER' },
    { name: 'b', type: 'INTEGER' },
  ])
  const column = () => columnData({ type: new Int32(), rows: 3, values })
  const { message, transfer } = toMessage(batchOf(twice, 3, [column(), column()]))
  const received = fromMessage(twice, structuredClone(message, { transfer }))
  expect(received.toArray().map(String)).toEqual(['{"a": 1, "b": 1}', '{"a": 2, "b": 2}', '{"a": 3, "b": 3}'])
})

test('a message that is shorter than its schema is refused', () => {
  const { message } = toMessage(batchOver(Int32Array.of(1)))
  expect(() =>
    fromMessage(
      arrowSchema([
        { name: 'a', type: 'INTEGER' },
        { name: 'b', type: 'INTEGER' },
      ]),
      message,
    ),
  ).toThrow(RangeError)
})

test('a nested column is refused with its name', () => {
  const lists = vectorFromArray([[1], [2]], new List(new Field('item', new Int32())))
  const nested = batchOf(new Schema([new Field('tags', lists.type)]), 2, [lists.data[0]!])
  expect(() => toMessage(nested)).toThrow(/column "tags"/)
})
