import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { json, TestInbox } from './inbox.fixture.ts'
import { oldSegments, removeSegments } from './old-segments.ts'
import { segmentsIn } from './segments.ts'

const dayMs = 24 * 3_600_000

let at: TestInbox
beforeEach(() => {
  at = new TestInbox()
})
afterEach(() => at[Symbol.dispose]())

/** Every request begins a segment of its own. */
async function fill(emails: readonly string[]): Promise<void> {
  const inbox = await at.open({}, { bytes: 1, ageMs: 1e12 })
  for (const email of emails) await inbox.accept('news', json({ email }, { idempotencyKey: email }))
  await inbox.close()
}

const later = (ms: number) => new Date(Date.now() + ms)

it('old are those that ended before; never the newest, never one whose keys must be known', async () => {
  await fill(['a', 'b', 'c'])
  expect(oldSegments(at.folder, 'news', { ageMs: 0, now: later(dayMs / 2) })).toEqual([])
  expect(oldSegments(at.folder, 'news', { ageMs: 3 * dayMs, now: later(2 * dayMs) })).toEqual([])
  const old = oldSegments(at.folder, 'news', { ageMs: 0, now: later(2 * dayMs) })
  expect(old.map(({ path }) => path)).toEqual(
    at
      .files()
      .slice(0, 2)
      .map((name) => join(at.folder, 'news', name)),
  )
  expect(oldSegments(at.folder, 'nothing', { ageMs: 0, now: later(2 * dayMs) })).toEqual([])
})

it('whichever of them were removed when it was stopped, the rest reads as before, is taken up by a server, and knows its keys', async () => {
  for (const removed of [0, 1, 2, 3]) {
    using own = new TestInbox()
    at = own
    await fill(['a', 'b', 'c', 'd'])
    const half = await at.read()
    const cursorAfter = async (count: number) => {
      const parts = segmentsIn(join(at.folder, 'news'))
      return JSON.stringify({ form: 'news', segment: parts[count]!.number, at: 0 })
    }
    const behind = await cursorAfter(3)
    const old = oldSegments(at.folder, 'news', { ageMs: 0, now: later(2 * dayMs) })
    removeSegments(at.folder, 'news', old.slice(0, removed))
    expect((await at.read(behind)).emails).toEqual(['d'])
    expect((await at.read(half.cursor)).emails).toEqual([])
    const inbox = await at.open({}, { bytes: 1, ageMs: 1e12 })
    await inbox.accept('news', json({ email: 'd' }, { idempotencyKey: 'd' }))
    await inbox.accept('news', json({ email: 'e' }, { idempotencyKey: 'e' }))
    await inbox.close()
    expect((await at.read(half.cursor)).emails).toEqual(['e'])
    removeSegments(at.folder, 'news', old)
    expect((await at.read()).emails).toEqual(['d', 'e'])
  }
})
