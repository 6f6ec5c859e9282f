import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { Deadline } from './deadline.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())
const state = ({ signal, hasPassed }: Deadline) => [signal.aborted, hasPassed]

it('passes after its time, counted from when it was started last', () => {
  const deadline = new Deadline(100, undefined)
  vi.advanceTimersByTime(99)
  expect(state(deadline)).toEqual([false, false])
  deadline.restart()
  vi.advanceTimersByTime(99)
  expect(state(deadline)).toEqual([false, false])
  vi.advanceTimersByTime(1)
  expect(state(deadline)).toEqual([true, true])
})

it('stands still where it is paused or cleared', () => {
  const deadline = new Deadline(100, undefined)
  deadline.pause()
  vi.advanceTimersByTime(1000)
  expect(state(deadline)).toEqual([false, false])
  deadline.restart()
  deadline.clear()
  vi.advanceTimersByTime(1000)
  expect(state(deadline)).toEqual([false, false])
})

it('ends with another signal, and for its reason, without having passed', () => {
  const outer = new AbortController()
  const deadline = new Deadline(100, outer.signal)
  const cleared = new Deadline(100, outer.signal)
  cleared.clear()
  outer.abort(new Error('stopped'))
  expect([state(deadline), (deadline.signal.reason as Error).message, state(cleared)]).toEqual([
    [true, false],
    'stopped',
    [false, false],
  ])
  const ended = new Deadline(100, undefined)
  ended.end()
  expect(state(ended)).toEqual([true, false])
  for (const one of [deadline, ended]) one.clear()
})
