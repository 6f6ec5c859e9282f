import { Bool, type DataType, Float64, Int64, Utf8, type Vector, vectorFromArray } from 'apache-arrow'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { batchMaker } from './batch-maker.ts'

const gap = fc.constantFrom(null, undefined)
const rows = <T>(cell: fc.Arbitrary<T>) =>
  fc.oneof(
    fc.array(fc.oneof(cell, gap), { maxLength: 40 }),
    fc.array(cell, { minLength: 2040, maxLength: 2060 }),
  )

test('text is what Arrow itself would make, whatever the characters', () => {
  fc.assert(
    fc.property(
      rows(fc.oneof(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'binary' }), fc.constant(''))),
      (texts) => {
        const make = batchMaker(new Set())
        expect(cells(make.text(texts))).toEqual(cells(expected(texts, new Utf8())))
      },
    ),
  )
})

test('half characters at the ends of texts do not grow together', () => {
  const make = batchMaker(new Set())
  expect(cells(make.text(['a\ud83d', '\ude00b', 'é']))).toEqual(['a\ufffd', '\ufffdb', 'é'])
})

test('integers are exact over all 64 bits, from numbers and bigints', () => {
  fc.assert(
    fc.property(
      rows(fc.oneof(fc.maxSafeInteger(), fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }))),
      (values) => {
        const make = batchMaker(new Set())
        expect(cells(make.integer(values))).toEqual(
          values.map((value) => (value === null || value === undefined ? null : BigInt(value))),
        )
      },
    ),
  )
})

test('a number that is no exact integer is refused with its row', () => {
  const make = batchMaker(new Set())
  for (const value of [0.5, Number.NaN, 2 ** 53])
    expect(() => make.integer([1, value])).toThrow(/row 1 of the batch/)
})

test('doubles and booleans are what Arrow itself would make', () => {
  fc.assert(
    fc.property(rows(fc.double()), rows(fc.boolean()), (numbers, truths) => {
      const make = batchMaker(new Set())
      expect(cells(make.double(numbers))).toEqual(cells(expected(numbers, new Float64())))
      expect(cells(make.boolean(truths))).toEqual(cells(expected(truths, new Bool())))
    }),
  )
})

test('columns of different lengths make no batch', () => {
  const make = batchMaker(new Set())
  expect(() => make.batch({ a: make.integer([1, 2]), b: make.text(['x']) })).toThrow(
    'column "b" has 1 rows where the first has 2',
  )
})

test('every buffer is known as made, to be given away with the result', () => {
  const made = new Set<ArrayBufferLike>()
  const make = batchMaker(made)
  const { data } = make.text(['a', null])
  expect(
    [data[0]!.valueOffsets.buffer, data[0]!.values.buffer, data[0]!.nullBitmap.buffer].every((buffer) =>
      made.has(buffer),
    ),
  ).toBe(true)
  expect(make.integer([1]).type).toEqual(new Int64())
})

function expected(values: readonly unknown[], type: DataType): Vector {
  return vectorFromArray(
    values.map((value) => value ?? null),
    type,
  )
}

function cells(vector: Vector): unknown[] {
  return [...vector]
}
