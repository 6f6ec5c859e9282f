import { open } from 'node:fs/promises'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { json, refusal, TestInbox } from './inbox.fixture.ts'

let at: TestInbox
let files: { datasync: () => Promise<void>; write: (...args: never) => Promise<unknown> }
beforeEach(async () => {
  at = new TestInbox()
  await using some = await open('/dev/null')
  files = Object.getPrototypeOf(some)
})
afterEach(() => {
  vi.restoreAllMocks()
  at[Symbol.dispose]()
})

const broken = (code: string) => Object.assign(new Error(code), { code })

/** The disk's next answer to a flush, or to a write. */
const failOnce = (what: 'datasync' | 'write', code: string) =>
  vi.spyOn(files, what).mockRejectedValueOnce(broken(code))

it.each([
  ['EIO', 'inbox_unavailable'],
  ['ENOSPC', 'inbox_full'],
])(
  'what could not be flushed (%s) is refused, is not there, and is taken once when it is sent again',
  async (code, told) => {
    const inbox = await at.open()
    const send = (...emails: readonly string[]) =>
      inbox.accept(
        'news',
        json(
          emails.map((email) => ({ email })),
          { idempotencyKey: emails.join() },
        ),
      )
    await send('a')
    failOnce('datasync', code)
    expect((await refusal(send('b', 'c'))).code).toBe(told)
    const { emails, cursor } = await at.read()
    expect(emails).toEqual(['a'])
    await send('b', 'c')
    await send('d')
    expect(inbox.counts()).toMatchObject([{ accepted: 4, refused: 1, duplicates: 0 }])
    await inbox.close()
    expect((await at.read()).emails).toEqual(['a', 'b', 'c', 'd'])
    expect((await at.read(cursor)).emails).toEqual(['b', 'c', 'd'])
    const again = await at.open()
    await again.accept('news', json([{ email: 'b' }, { email: 'c' }], { idempotencyKey: 'b,c' }))
    await again.close()
    expect((await at.read()).emails).toEqual(['a', 'b', 'c', 'd'])
  },
)

it('those who wait for the same flush are all refused; who comes after is taken', async () => {
  const inbox = await at.open()
  failOnce('datasync', 'EIO')
  const together = await Promise.allSettled(
    ['a', 'b', 'c'].map((email) => inbox.accept('news', json({ email }))),
  )
  expect(together.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected'])
  await inbox.accept('news', json({ email: 'd' }))
  await inbox.close()
  expect((await at.read()).emails).toEqual(['d'])
})

it('whatever the disk refuses, what was answered for is read once, and nothing is read twice', async () => {
  const fault = fc.constantFrom('none', 'none', 'flush', 'write')
  await fc.assert(
    fc.asyncProperty(fc.array(fault, { minLength: 1, maxLength: 12 }), async (faults) => {
      using own = new TestInbox()
      const inbox = await own.open({}, { bytes: 400, ageMs: 1e12 })
      const sent: string[] = []
      for (const [index, kind] of faults.entries()) {
        const email = `p${index}`
        if (kind === 'flush') failOnce('datasync', 'EIO')
        if (kind === 'write') failOnce('write', 'EIO')
        const send = () => inbox.accept('news', json({ email }, { idempotencyKey: email }))
        const [first] = await Promise.allSettled([send()])
        vi.restoreAllMocks()
        expect(first!.status, `${kind} ${index}`).toBe(
          ['flush', 'write'].includes(kind) ? 'rejected' : 'fulfilled',
        )
        await send()
        sent.push(email)
      }
      await inbox.close()
      expect((await own.read()).emails).toEqual(sent)
      const again = await own.open()
      for (const email of sent) await again.accept('news', json({ email }, { idempotencyKey: email }))
      await again.close()
      expect((await own.read()).emails).toEqual(sent)
    }),
    { numRuns: 30 },
  )
})
