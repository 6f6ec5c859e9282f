import { createHmac } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { json, refusal, TestInbox } from './inbox.fixture.ts'
import { sign } from './signature.ts'

let at: TestInbox
beforeEach(() => {
  at = new TestInbox()
})
afterEach(() => at[Symbol.dispose]())

describe('signed requests', () => {
  const now = new Date('2026-01-01T00:00:00Z')
  const body = Buffer.from('{"email":"a"}')
  const header = (seconds: number, secret = 'hush', of = body) =>
    `t=${seconds},v1=${sign({ body: of, secret, seconds })}`
  const t = now.getTime() / 1000

  it('a right signature is taken, beside an old one too; RFC 4231 agrees on the hash', async () => {
    const inbox = await at.open({ secret: 'hush' }, undefined, () => now)
    for (const signature of [
      header(t),
      header(t - 299),
      header(t + 299),
      `${header(t, 'old')},${header(t).split(',')[1]}`,
    ])
      await inbox.accept('news', { ...json({}), body, signature })
    await inbox.close()
    // RFC 4231, test case 2: the key "Jefe" over "what do ya want for nothing?", of which a time and a point stand before here.
    expect(createHmac('sha256', 'Jefe').update('what do ya want for nothing?').digest('hex')).toBe(
      '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
    )
    expect(sign({ body: Buffer.from('b'), secret: 'Jefe', seconds: 7 })).toBe(
      createHmac('sha256', 'Jefe').update('7.b').digest('hex'),
    )
  })

  it.each([
    ['absent', undefined],
    ['empty', ''],
    ['without a time', `v1=${sign({ body, secret: 'hush', seconds: t })}`],
    ['of another secret', header(t, 'loud')],
    ['of another body', header(t, 'hush', Buffer.from('{"email":"b"}'))],
    ['too old', header(t - 301)],
    ['too far ahead', header(t + 301)],
    ['of another time', header(t).replace(/t=\d+/, `t=${t - 1}`)],
    ['cut', header(t).slice(0, -1)],
  ])('one that is %s is refused', async (_, signature) => {
    const inbox = await at.open({ secret: 'hush' }, undefined, () => now)
    expect((await refusal(inbox.accept('news', { ...json({}), body, signature }))).code).toBe(
      'signature_invalid',
    )
    await inbox.close()
    expect((await at.read()).records).toEqual([])
  })
})
