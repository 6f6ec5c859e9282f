import { expect, it } from 'vitest'
import { Permits } from './permits.ts'

it('no more work goes on at once than there are permits, in the order in which it was asked', async () => {
  const permits = new Permits(2)
  const done: number[] = []
  const take = (n: number) => permits.take().then(() => void done.push(n))
  await Promise.all([take(1), take(2)])
  const third = take(3)
  const fourth = take(4)
  await new Promise((resolve) => setImmediate(resolve))
  expect(done).toEqual([1, 2])
  permits.give()
  await third
  expect(done).toEqual([1, 2, 3])
  permits.give()
  await fourth
  permits.give()
  permits.give()
  await Promise.all([take(5), take(6)])
  const last = take(7)
  await new Promise((resolve) => setImmediate(resolve))
  expect(done).toEqual([1, 2, 3, 4, 5, 6])
  permits.give()
  await last
})
