import { expect, it } from 'vitest'
import { dayIn, isIsoDate, shiftDay } from './index.ts'

it('a moment is another day in another time zone', () => {
  const late = new Date('2026-11-28T23:30:00Z')
  expect(dayIn('UTC', late)).toBe('2026-11-28')
  expect(dayIn('Europe/Paris', late)).toBe('2026-11-29')
  expect(dayIn('America/New_York', new Date('2026-11-29T04:59:59Z'))).toBe('2026-11-28')
  expect(dayIn('Pacific/Kiritimati', new Date('2026-12-31T10:00:00Z'))).toBe('2027-01-01')
})

it('a day is shifted over ends of months, leap days and changes of the clock', () => {
  expect(shiftDay('2026-03-01', -1)).toBe('2026-02-28')
  expect(shiftDay('2024-02-28', 1)).toBe('2024-02-29')
  expect(shiftDay('2026-03-28', 1)).toBe('2026-03-29')
  expect(shiftDay('2026-10-26', -1)).toBe('2026-10-25')
})

it('only days that there are count as ISO dates', () => {
  expect(['2026-01-31', '2024-02-29'].every(isIsoDate)).toBe(true)
  expect(['2026-02-30', '2026-1-31', '2026-01-31T00:00:00', 'today', ''].some(isIsoDate)).toBe(false)
})
