import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { json, refusal, TestInbox } from './inbox.fixture.ts'

let at: TestInbox
beforeEach(() => {
  at = new TestInbox()
})
afterEach(() => at[Symbol.dispose]())

describe('once', () => {
  it('a key is answered like the first time and kept once: also at the same moment, and after a restart', async () => {
    let inbox = await at.open()
    const send = (event: unknown, idempotencyKey?: string) =>
      inbox.accept('news', json(event, { idempotencyKey }))
    const both = await Promise.all(
      Array.from({ length: 20 }, () => send([{ email: 'a' }, { email: 'b' }], 'k-1')),
    )
    expect(new Set(both.map(({ ids }) => ids.join()))).toHaveLength(1)
    const single = await Promise.all([
      send({ email: 'c', _key: 'e' }),
      send([{ email: 'd' }, { email: 'c', _key: 'e' }]),
    ])
    expect(single[1]!.ids[1]).toBe(single[0]!.ids[0])
    expect(
      (
        await send([
          { email: 'f', _key: 'x' },
          { email: 'f', _key: 'x' },
        ])
      ).ids,
    ).toHaveLength(2)
    // A key of an event is none of a request.
    await send({ email: 'g' }, 'e')
    expect(inbox.counts()).toMatchObject([{ accepted: 6, duplicates: 40 - 2 + 2 }])
    await inbox.close()
    inbox = await at.open()
    expect(await send([{ email: 'a' }, { email: 'b' }], 'k-1')).toEqual(both[0])
    expect((await send({ email: 'c', _key: 'e' })).ids).toEqual(single[0]!.ids)
    await inbox.close()
    expect((await at.read()).emails).toEqual(['a', 'b', 'c', 'd', 'f', 'g'])
  })

  it('a key is free again after a day, also for a server that starts then', async () => {
    let time = Date.parse('2026-01-01T00:00:00Z')
    let inbox = await at.open({}, undefined, () => new Date(time))
    const send = () => inbox.accept('news', json({ email: 'a' }, { idempotencyKey: 'k' }))
    const first = await send()
    time += 23 * 3_600_000
    expect(await send()).toEqual(first)
    time += 2 * 3_600_000
    expect(await send()).not.toEqual(first)
    await inbox.close()
    time += 25 * 3_600_000
    inbox = await at.open({}, undefined, () => new Date(time))
    await send()
    await inbox.close()
    expect((await at.read()).records).toHaveLength(3)
  })

  it('a known key with something else is refused, of a request and of an event, also after a restart', async () => {
    let inbox = await at.open()
    const send = (event: unknown, idempotencyKey?: string) =>
      inbox.accept('news', json(event, { idempotencyKey }))
    const first = await send({ email: 'one' }, 'K1')
    await send({ email: 'k1', _key: 'E1' })
    for (const restarted of [false, true]) {
      if (restarted) {
        await inbox.close()
        inbox = await at.open()
      }
      expect((await refusal(send({ email: 'two' }, 'K1'))).code).toBe('idempotency_key_reused')
      expect((await refusal(send([{ email: 'one' }, { email: 'two' }], 'K1'))).code).toBe(
        'idempotency_key_reused',
      )
      expect(await send('\n{"email":"one"}\n', 'K1')).toEqual(first)
      expect(await refusal(send([{ email: 'z' }, { email: 'k2', _key: 'E1' }]))).toMatchObject({
        code: 'events_refused',
        facts: { problems: [{ line: 2, field: '_key', code: 'key_reused' }] },
      })
    }
    expect(
      (
        await refusal(
          send([
            { email: 'p', _key: 'N' },
            { email: 'q', _key: 'N' },
          ]),
        )
      ).code,
    ).toBe('events_refused')
    await inbox.close()
    expect((await at.read()).emails).toEqual(['one', 'k1'])
  })

  it('a request of which some was known is answered like the first time, also after a restart', async () => {
    let inbox = await at.open()
    const both = [
      { email: 'k1', _key: 'E1' },
      { email: 'k2', _key: 'E2' },
    ]
    const send = (event: unknown, idempotencyKey?: string) =>
      inbox.accept('news', json(event, { idempotencyKey }))
    const { ids } = await send(both[0])
    const first = await send(both, 'M1')
    expect(first.ids).toEqual([ids[0], expect.any(String)])
    expect(await send(both, 'M1')).toEqual(first)
    expect(await send([both[0]], 'M2')).toEqual({ ids })
    expect(await send([both[0]], 'M2')).toEqual({ ids })
    await inbox.close()
    inbox = await at.open()
    expect(await send(both, 'M1')).toEqual(first)
    await inbox.close()
    expect((await at.read()).emails).toEqual(['k1', 'k2'])
  })

  it('keys that are none are refused', async () => {
    const inbox = await at.open()
    for (const idempotencyKey of ['', 'a b', 'é', 'x'.repeat(201)])
      expect((await refusal(inbox.accept('news', json({ email: 'a' }, { idempotencyKey })))).code).toBe(
        'idempotency_key_invalid',
      )
    await inbox.close()
  })

  it('what only machines fill in is answered as ever, and not kept', async () => {
    const inbox = await at.open()
    const { ids } = await inbox.accept(
      'news',
      json([
        { email: 'a', website: 'http://x' },
        { email: 'b', website: '' },
      ]),
    )
    expect(ids).toHaveLength(2)
    expect(inbox.counts()).toMatchObject([{ accepted: 1, bots: 1 }])
    await inbox.close()
    expect((await at.read()).emails).toEqual(['b'])
  })
})
