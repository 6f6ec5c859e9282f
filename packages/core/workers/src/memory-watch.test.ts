import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { Deadline } from './deadline.ts'
import { KeptMemory } from './kept-memory.ts'
import { MemoryWatch } from './memory-watch.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

it('all tasks under way end where the process grows beyond what it may, and no others', () => {
  const rss = vi.spyOn(process.memoryUsage, 'rss').mockReturnValue(0)
  const watch = new MemoryWatch(2 ** 20)
  const [first, second, done] = [1, 2, 3].map(() => new Deadline(1e9, undefined)) as [
    Deadline,
    Deadline,
    Deadline,
  ]
  const [one, two, gone] = [first, second, done].map((deadline) => watch.watch(deadline))
  gone![Symbol.dispose]()
  rss.mockReturnValue(2 ** 20 + 768 * 2 ** 20)
  vi.advanceTimersByTime(150)
  expect([one!.isOver, first.signal.aborted]).toEqual([false, false])
  rss.mockReturnValue(2 ** 20 + 768 * 2 ** 20 + 1)
  vi.advanceTimersByTime(100)
  expect([one!.isOver, two!.isOver, gone!.isOver]).toEqual([true, true, false])
  expect([first, second, done].map(({ signal }) => signal.aborted)).toEqual([true, true, false])
  one![Symbol.dispose]()
  expect(vi.getTimerCount()).toBe(4)
  two![Symbol.dispose]()
  expect(vi.getTimerCount()).toBe(3)
  for (const deadline of [first, second, done]) deadline.clear()
  expect(vi.getTimerCount()).toBe(0)
})

it('what a plugin keeps is found between batches, those of the batch itself left out', () => {
  const none = new Set<ArrayBufferLike>()
  const now = process.memoryUsage()
  const used = now.heapUsed + now.external
  expect(new KeptMemory(used + 2 ** 30).isOver(none)).toBe(false)
  const tight = new KeptMemory(1)
  expect(tight.isOver(none)).toBe(true)
  expect(tight.fault()).toMatchObject({
    phase: 'memory',
    message: expect.stringMatching(/^\d+ MB where 1 MB are allowed$/),
  })
  const buffer = new ArrayBuffer(512 * 2 ** 20)
  const roomy = new KeptMemory(used + 256 * 2 ** 20)
  expect([roomy.isOver(new Set([buffer])), roomy.isOver(none), buffer.byteLength > 0]).toEqual([
    false,
    true,
    true,
  ])
})
