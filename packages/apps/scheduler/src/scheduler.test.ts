import { expect, it } from 'vitest'
import { parseSchedule, type Schedule, Timetable } from './index.ts'

function schedule(text: string): Schedule {
  const parsed = parseSchedule(text)
  if ('problem' in parsed) throw new Error(parsed.problem)
  return parsed.schedule
}

const at = (iso: string): Date => new Date(`${iso}Z`)

it('a schedule is read in its time zone, on both sides of summer time', () => {
  const six = schedule('0 6 * * 1-5 Europe/Paris')
  expect(six.next(at('2026-03-27T12:00:00'))).toEqual(at('2026-03-30T04:00:00'))
  expect(six.next(at('2026-03-26T12:00:00'))).toEqual(at('2026-03-27T05:00:00'))
  expect(schedule('0 6 * * *').next(at('2026-03-29T12:00:00'))).toEqual(at('2026-03-30T06:00:00'))
})

it('an hour that the day lacks is taken after the gap, and one that comes twice is taken once', () => {
  const half = schedule('30 2 * * * Europe/Paris')
  expect(half.next(at('2026-03-28T12:00:00'))).toEqual(at('2026-03-29T01:00:00'))
  const first = half.next(at('2026-10-24T12:00:00'))!
  expect(half.next(first)).toEqual(at('2026-10-26T01:30:00'))
})

it.each([
  '',
  '* * * *',
  '0 6 * * * * Europe/Paris',
  '61 6 * * *',
  '0 6 * * 1-5 Mars/Olympus',
  '0 0 31 2 *',
  'often and often and x',
])('"%s" is refused with a hint', (text) =>
  expect(parseSchedule(text)).toEqual({ problem: expect.any(String), hint: expect.any(String) }),
)

it('a time that has just come is due once; older ones were missed, and are told', () => {
  const table = new Timetable({ graceMs: 60_000 })
  table.set('shop', schedule('0 * * * *'), at('2026-01-01T00:30:00'))
  expect(table.take(at('2026-01-01T00:59:59'))).toEqual([])
  expect(table.take(at('2026-01-01T01:00:01'))).toEqual([
    { name: 'shop', kind: 'due', at: at('2026-01-01T01:00:00'), times: 1 },
  ])
  expect(table.take(at('2026-01-01T01:00:02'))).toEqual([])
  expect(table.take(at('2026-01-01T05:00:30'))).toEqual([
    { name: 'shop', kind: 'missed', at: at('2026-01-01T04:00:00'), times: 3 },
    { name: 'shop', kind: 'due', at: at('2026-01-01T05:00:00'), times: 1 },
  ])
  expect(table.take(at('2026-01-01T07:30:00'))).toEqual([
    { name: 'shop', kind: 'missed', at: at('2026-01-01T07:00:00'), times: 2 },
  ])
})

it('of very many times that were missed the last is known, and one that has just come is due', () => {
  const table = new Timetable({ graceMs: 60_000 })
  table.set('shop', schedule('* * * * *'), at('2026-01-01T00:00:00'))
  const [missed, due] = table.take(at('2026-03-01T00:00:30'))
  expect(missed).toMatchObject({ kind: 'missed', at: at('2026-02-28T23:59:00') })
  expect(missed!.times).toBeGreaterThan(2000)
  expect(due).toEqual({ name: 'shop', kind: 'due', at: at('2026-03-01T00:00:00'), times: 1 })
})

it('a changed schedule begins anew, an unchanged one goes on, and a name that is gone is forgotten', () => {
  const table = new Timetable({ graceMs: 60_000 })
  table.set('shop', schedule('0 * * * *'), at('2026-01-01T00:30:00'))
  table.set('shop', schedule('0 * * * *'), at('2026-01-01T09:00:00'))
  expect(table.take(at('2026-01-01T01:00:00'))).toHaveLength(1)
  table.set('shop', schedule('30 * * * *'), at('2026-01-01T01:10:00'))
  expect(table.next('shop', at('2026-01-01T01:10:00'))).toEqual(at('2026-01-01T01:30:00'))
  table.keep(new Set())
  expect(table.has('shop')).toBe(false)
  expect(table.take(at('2026-01-02T00:00:00'))).toEqual([])
})
