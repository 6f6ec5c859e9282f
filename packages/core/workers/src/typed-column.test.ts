import type { Cell } from '@sillage/sdk'
import { Vector } from 'apache-arrow'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { typedColumn } from './typed-column.ts'

const cells = (type: string, values: readonly Cell[]) => [...new Vector([typedColumn(type, values)])]
const bits = (type: string, values: readonly Cell[]) => typedColumn(type, values)

describe('a column holds what it is given, exactly', () => {
  it.each<[string, readonly Cell[], readonly unknown[]]>([
    ['INTEGER', [1, -1, null, 2 ** 31 - 1, undefined, 5n], [1, -1, null, 2 ** 31 - 1, null, 5]],
    ['UTINYINT', [0, 255], [0, 255]],
    ['BIGINT', [9007199254740993n, -1, null], [9007199254740993n, -1n, null]],
    ['UBIGINT', [2n ** 64n - 1n], [2n ** 64n - 1n]],
    ['DOUBLE', [0.1, null, Number.NaN], [0.1, null, Number.NaN]],
    ['FLOAT', [0.5, 0.1], [0.5, Math.fround(0.1)]],
    [
      'BOOLEAN',
      [true, false, null, true, true, true, true, true, false, true],
      [true, false, null, true, true, true, true, true, false, true],
    ],
    ['VARCHAR', ['é', '', null], ['é', '', null]],
    ["ENUM('a', 'b')", ['b', null, 'a'], ['b', null, 'a']],
  ])('%s', (type, values, held) => {
    expect(cells(type, values)).toEqual(held)
  })

  it('bytes', () => {
    const [first, none, empty, last] = cells('BLOB', [
      new Uint8Array([1, 2]),
      null,
      new Uint8Array(),
      new Uint8Array([3]),
    ])
    expect([[...(first as Uint8Array)], none, [...(empty as Uint8Array)], [...(last as Uint8Array)]]).toEqual(
      [[1, 2], null, [], [3]],
    )
  })

  it('days, times and instants as their units', () => {
    expect([...(bits('DATE', ['1970-01-03', '1969-12-31']).values as Int32Array)]).toEqual([2, -1])
    expect([...(bits('TIME', ['00:00:01']).values as BigInt64Array)]).toEqual([1_000_000n])
    expect([...(bits('TIMESTAMP', ['1970-01-01T00:00:01']).values as BigInt64Array)]).toEqual([1_000_000n])
    expect([...(bits('TIMESTAMP_S', ['1970-01-01T00:00:02']).values as BigInt64Array)]).toEqual([2n])
    expect([...(bits('TIMESTAMP_MS', ['1970-01-01T00:00:02']).values as BigInt64Array)]).toEqual([2000n])
    expect([...(bits('TIMESTAMP_NS', ['1970-01-01T00:00:00.000000002']).values as BigInt64Array)]).toEqual([
      2n,
    ])
    expect([...(bits('TIMESTAMP WITH TIME ZONE', ['1970-01-01T00:00:01Z']).values as BigInt64Array)]).toEqual(
      [1_000_000n],
    )
  })

  const decimal = (type: string, value: Cell) => {
    const { values } = bits(type, [value])
    const [low, high] = new BigUint64Array(
      (values as Uint32Array).buffer,
      (values as Uint32Array).byteOffset,
      2,
    )
    return BigInt.asIntN(128, (high! << 64n) | low!)
  }
  it('decimals of any spelling', () => {
    expect(
      ['1.50', '-1.5', '+0.01', 1.5, 12n, '1.5e+1', '150e-2', '0e+999', '99999.99'].map((cell) =>
        decimal('DECIMAL(7,2)', cell),
      ),
    ).toEqual([150n, -150n, 1n, 150n, 1200n, 1500n, 150n, 0n, 9999999n])
    expect(decimal('HUGEINT', 2n ** 127n - 1n)).toBe(2n ** 127n - 1n)
    expect(decimal('HUGEINT', -(2n ** 127n))).toBe(-(2n ** 127n))
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 18n) + 1n, max: 10n ** 18n - 1n }), (value) => {
        expect(decimal('DECIMAL(38,4)', value)).toBe(value * 10_000n)
      }),
    )
  })
})

describe('a column refuses what it does not hold exactly', () => {
  it.each<[string, readonly Cell[]]>([
    ['INTEGER', [2 ** 31]],
    ['INTEGER', [1.5]],
    ['INTEGER', ['1']],
    ['UTINYINT', [256]],
    ['UTINYINT', [-1]],
    ['BIGINT', [2n ** 63n]],
    ['DOUBLE', [1n]],
    ['DOUBLE', ['1']],
    ['BOOLEAN', [1]],
    ['VARCHAR', [1]],
    ['BLOB', ['a']],
    ["ENUM('a', 'b')", ['c']],
    ["ENUM('a', 'b')", [0]],
    ['DATE', ['2023-02-29']],
    ['DECIMAL(7,2)', ['1.005']],
    ['DECIMAL(7,2)', ['100000']],
    ['DECIMAL(7,2)', ['-100000']],
    ['DECIMAL(7,2)', ['1e+999']],
    ['DECIMAL(7,2)', ['1,5']],
    ['DECIMAL(7,2)', [true]],
    ['HUGEINT', [2n ** 127n]],
    ['HUGEINT', [-(2n ** 127n) - 1n]],
  ])('%s', (type, values) => {
    expect(() => typedColumn(type, [null, ...values])).toThrow(
      new RangeError(`row 1 of the batch is no value that ${type} holds exactly`),
    )
  })

  it('a type that has no flat column', () => {
    expect(() => typedColumn('STRUCT(a INTEGER)', [])).toThrow(
      expect.objectContaining({ code: 'unsupported_type' }),
    )
  })
})

it('nulls are counted, and none is told where there is none', () => {
  expect([
    bits('INTEGER', [1, null, 2, undefined]).nullCount,
    bits('INTEGER', [1]).nullCount,
    bits('"NULL"', [null, null]).length,
  ]).toEqual([2, 0, 2])
  expect(() => typedColumn('"NULL"', [1])).toThrow('row 0')
})
