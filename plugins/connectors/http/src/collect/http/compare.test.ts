import fc from 'fast-check'
import { expect, it } from 'vitest'
import { comparableOf, compareTexts } from './compare.ts'

it.each([
  ['2026-01-05T10:00:00Z', '2026-01-05T10:00:00.500Z', -1],
  ['2026-01-05T10:00:00Z', '2026-01-05T10:00:00.000Z', 0],
  ['2026-01-05T10:00:00.1Z', '2026-01-05T10:00:00.10000000001Z', -1],
  ['2026-01-05T12:00:00+02:00', '2026-01-05T10:00:00Z', 0],
  ['2026-01-05T12:00:00+0200', '2026-01-05 10:00:01', -1],
  ['2026-01-05', '2026-01-05T00:00:00Z', 0],
  ['2026-01-05T10:00Z', '2026-01-05T09:59:59.9+00', 1],
  ['Mon, 05 Jan 2026 10:00:00 GMT', '2026-01-05T10:00:00Z', 0],
  ['Tue, 06 Jan 2026 09:00:00 GMT', 'Mon, 05 Jan 2026 10:00:00 GMT', 1],
  ['9', '10', -1],
  ['9007199254740993', '9007199254740992.5', 1],
  ['-1.5', '-1.25', -1],
  ['1.50', '1.5', 0],
  ['-0', '0', 0],
  ['b10', 'b9', -1],
  ['10', 'a', -1],
])('%s beside %s', (a, b, expected) => {
  expect(Math.sign(compareTexts(a, b))).toBe(expected)
  expect(compareTexts(b, a) + compareTexts(a, b)).toBe(0)
})

it('dates that are none are texts', () => {
  expect(comparableOf('2026-13-05').kind).toBe('text')
  expect(comparableOf('05/01/2026').kind).toBe('text')
})

it('decimals compare as numbers of any size do', () => {
  const decimal = fc.tuple(fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }), fc.nat(6))
  const text = (value: bigint, scale: number) => {
    const digits = (value < 0n ? -value : value).toString().padStart(scale + 1, '0')
    const cut = digits.length - scale
    return `${value < 0n ? '-' : ''}${digits.slice(0, cut)}${scale > 0 ? `.${digits.slice(cut)}` : ''}`
  }
  fc.assert(
    fc.property(decimal, decimal, ([a, m], [b, n]) => {
      const [left, right] = [a * 10n ** BigInt(6 - m), b * 10n ** BigInt(6 - n)]
      expect(compareTexts(text(a, m), text(b, n))).toBe(left < right ? -1 : left > right ? 1 : 0)
    }),
    { seed: 20261129, numRuns: 500 },
  )
})
