import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { daysOf, timeOf, timestampOf, wholeOf } from './time-cells.ts'

describe('a day', () => {
  it('is a text, a date or whole days since 1970, in any year', () => {
    expect([
      daysOf('1970-01-01'),
      daysOf('1970-01-02'),
      daysOf('1969-12-31'),
      daysOf('0001-01-01'),
      daysOf('2024-02-29'),
    ]).toEqual([0, 1, -1, -719162, 19782])
    expect([daysOf(new Date('1970-01-02T23:59:59Z')), daysOf(new Date(-1)), daysOf(5), daysOf(-5)]).toEqual([
      1, -1, 5, -5,
    ])
    for (const none of [
      '2023-02-29',
      '2024-13-01',
      '2024-1-1',
      '2024-01-01T00:00:00',
      '',
      new Date(Number.NaN),
      1.5,
      true,
      1n,
    ])
      expect(daysOf(none), String(none)).toBeUndefined()
  })

  it('comes back as it went', () => {
    fc.assert(
      fc.property(
        fc.date({ min: new Date('0001-01-01'), max: new Date('9999-12-31'), noInvalidDate: true }),
        (date) => {
          const day = date.toISOString().slice(0, 10)
          expect(new Date(daysOf(day)! * 86_400_000).toISOString().slice(0, 10)).toBe(day)
        },
      ),
    )
  })
})

describe('a time of a day', () => {
  it('is a clock or units since midnight, no finer than the unit', () => {
    const micros = (cell: Parameters<typeof timeOf>[0]) => timeOf(cell, 1_000_000n)
    expect([micros('00:00:00'), micros('01:02:03.5'), micros('23:59:59.999999')]).toEqual([
      0n,
      3_723_500_000n,
      86_399_999_999n,
    ])
    expect([
      micros('00:00:00.0000001'),
      micros('24:00:00'),
      micros('00:60:00'),
      micros('00:00:60'),
      micros('1:00:00'),
      micros(true),
    ]).toEqual(Array(6).fill(undefined))
    expect([
      timeOf(5, 1n),
      timeOf(86_399n, 1n),
      timeOf(86_400, 1n),
      timeOf(-1, 1n),
      timeOf(0, 1n),
      timeOf('00:00:01.000', 1n),
    ]).toEqual([5n, 86_399n, undefined, undefined, 0n, 1n])
  })
})

describe('an instant', () => {
  const at = (cell: Parameters<typeof timestampOf>[0], hasZone = false, perSecond = 1_000n) =>
    timestampOf(cell, { perSecond, hasZone })
  it('has an offset if and only if its type has a zone', () => {
    expect([at('1970-01-01T00:00:01'), at('1970-01-01 00:00:01.5'), at('1969-12-31T23:59:59')]).toEqual([
      1000n,
      1500n,
      -1000n,
    ])
    expect([
      at('1970-01-01T00:00:00Z', true),
      at('1970-01-01T01:00:00+01:00', true),
      at('1970-01-01T00:00:00-01:30', true),
      at('1970-01-01T01:00:00+0100', true),
    ]).toEqual([0n, 0n, 5_400_000n, 0n])
    expect([at('1970-01-01T00:00:00Z'), at('1970-01-01T00:00:00', true)]).toEqual([undefined, undefined])
    expect([
      at('1970-01-01T00:00:00+15:59', true),
      at('1970-01-01T00:00:00+16:00', true),
      at('1970-01-01T00:00:00+01:60', true),
    ]).toEqual([-57_540_000n, undefined, undefined])
  })

  it('is a date or units, and nothing else', () => {
    expect([
      at(new Date(5)),
      at(new Date(5), true),
      at(new Date(1500), false, 1n),
      at(new Date(Number.NaN)),
      at(7),
      at(7n),
    ]).toEqual([5n, 5n, undefined, undefined, 7n, 7n])
    for (const none of ['1970-02-30T00:00:00', '1970-01-01T25:00:00', '1970-01-01', '', true, 1.5])
      expect(at(none), String(none)).toBeUndefined()
    expect(at('1970-01-01T00:00:00.0005')).toBeUndefined()
  })
})

it('a whole number is exact or none', () => {
  expect([wholeOf(3), wholeOf(-3n), wholeOf(2 ** 53), wholeOf(1.5), wholeOf('3'), wholeOf(null)]).toEqual([
    3n,
    -3n,
    undefined,
    undefined,
    undefined,
    undefined,
  ])
})
