import { expect, test } from 'vitest'
import { endable, stopOnSignals } from './stop-on-signals.ts'

test('foreign code that overlaps leaves one listener, and none once nobody listens', async () => {
  const before = process.listenerCount('SIGINT')
  const stop = stopOnSignals(new AbortController())
  const heard = () => process.listenerCount('SIGINT') - before
  let finish = (_: number): void => undefined
  const slow = new Promise<number>((done) => {
    finish = done
  })
  const first = endable(async () => 1)
  const second = endable(() => slow)
  expect(endable(heard)).toBe(0)
  expect(await first).toBe(1)
  expect(heard()).toBe(0)
  finish(2)
  expect(await second).toBe(2)
  expect(heard()).toBe(1)
  expect(() =>
    endable(() => {
      throw new Error('x')
    }),
  ).toThrow('x')
  expect(heard()).toBe(1)
  endable(stop)
  expect(heard()).toBe(0)
})
