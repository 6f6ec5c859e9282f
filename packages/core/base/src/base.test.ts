import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  canonicalJson,
  didYouMean,
  fingerprint,
  nearest,
  newRunId,
  parseByteSize,
  parseDuration,
  systemFailure,
} from './index.ts'

describe('nearest', () => {
  it.each([
    ['parket', 'parquet'],
    ['CUSTOMER', 'customer'],
    ['id_customer', 'customer_id'],
    ['mian', 'main'],
  ])('of %j is %j', (word, meant) => {
    expect(nearest(word, ['parquet', 'customer', 'customer_id', 'main'])).toBe(meant)
  })

  it('is nothing where no name is near; then the known names are listed, at most twelve', () => {
    expect(nearest('zebra', ['main'])).toBeUndefined()
    expect(didYouMean('zebra', [])).toBeUndefined()
    expect(
      didYouMean(
        'zebra',
        Array.from({ length: 14 }, (_, index) => `n${index}`),
      ),
    ).toContain('(14 in all)')
  })
})

describe('sizes and durations', () => {
  it.each([
    ['1GB', 1e9],
    ['512 MiB', 512 * 2 ** 20],
    ['1.5k', 1500],
    ['2000000', 2e6],
    ['', undefined],
    ['-1GB', undefined],
    ['lots', undefined],
    ['1 PB', undefined],
  ])('%j is %j bytes', (text, bytes) => expect(parseByteSize(text)).toBe(bytes))

  it.each([
    ['15m', 900_000],
    ['1h30m', 5_400_000],
    ['250ms', 250],
    [' 1.5s ', 1500],
    ['', undefined],
    ['1h 30m', undefined],
    ['15', undefined],
    ['m', undefined],
  ])('%j takes %j ms', (text, ms) => expect(parseDuration(text)).toBe(ms))
})

describe('a fingerprint', () => {
  it('does not depend on the order of keys, and changes with any value', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
        const turned = Object.fromEntries(Object.entries(value).reverse())
        expect(canonicalJson(turned)).toBe(canonicalJson(value))
        expect(fingerprint(turned)).toBe(fingerprint(value))
        expect(fingerprint({ ...value, other: 1 })).not.toBe(fingerprint({ ...value, other: 2 }))
      }),
    )
  })

  it('tells parts apart that join to the same text', () => {
    expect(fingerprint('a', 'b')).not.toBe(fingerprint('ab'))
    expect(fingerprint(undefined)).not.toBe(fingerprint(null))
    expect(fingerprint(1n)).not.toBe(fingerprint(1))
  })
})

it('names of runs sort by time, within a second too', () => {
  fc.assert(
    fc.property(fc.nat(1e12), fc.integer({ min: 1, max: 1e9 }), (at, later) => {
      expect(newRunId(new Date(at)) < newRunId(new Date(at + later))).toBe(true)
    }),
  )
  const ahead = newRunId(new Date('2026-11-22T01:45:00.999Z'))
  const after = newRunId(new Date('2020-01-01T00:00:00Z'), ahead)
  expect(after > ahead).toBe(true)
  expect(after).toMatch(/^20261122T014501-000[0-9a-f]$/)
  expect(newRunId(new Date('2026-11-22T01:45:00.010Z'))).toMatch(/^20261122T014500-00a[0-9a-f]$/)
})

it('a failed system call is told in words with a next action; other errors are nobody’s words', () => {
  const failed = (code: string, syscall: string) =>
    systemFailure(Object.assign(new Error('x'), { code, syscall, path: '/p/marts' }))
  expect(failed('ENOSPC', 'write')).toMatchObject({ code: 'disk_full', hint: expect.any(String) })
  expect(failed('EROFS', 'mkdir')).toMatchObject({ code: 'not_writable', hint: expect.any(String) })
  expect(failed('ENOENT', 'mkdir')).toMatchObject({ code: 'not_writable' })
  expect(failed('ENOENT', 'open')).toMatchObject({ code: 'file_not_found' })
  expect(systemFailure(new TypeError('x'))).toBeUndefined()
})
