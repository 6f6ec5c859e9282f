import fc from 'fast-check'
import { expect, it } from 'vitest'
import { retryAfterMs } from './retry-after.ts'

const now = Date.UTC(2026, 0, 1)

it('reads seconds and dates, and nothing else', () => {
  expect(retryAfterMs('7', now)).toBe(7000)
  expect(retryAfterMs(' 1.5 ', now)).toBe(1500)
  expect(retryAfterMs('Thu, 01 Jan 2026 00:01:00 GMT', now)).toBe(60_000)
  for (const header of [null, '', '0', '-5', 'soon', 'Wed, 31 Dec 2025 23:59:59 GMT'])
    expect(retryAfterMs(header, now)).toBeUndefined()
})

it('is a time to come or undefined, whatever a server says', () => {
  fc.assert(
    fc.property(fc.string(), (header) => {
      const ms = retryAfterMs(header, now)
      expect(ms === undefined || (Number.isFinite(ms) && ms > 0)).toBe(true)
    }),
  )
})
