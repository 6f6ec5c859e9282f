import {
  appendFileSync,
  closeSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { blankRecords } from './blank-records.ts'
import { json, refusal, TestInbox } from './inbox.fixture.ts'
import { parseCursor } from './read-records.ts'
import { surveyForm } from './survey.ts'

let at: TestInbox
beforeEach(() => {
  at = new TestInbox()
})
afterEach(() => at[Symbol.dispose]())

describe('segments', () => {
  it('are rolled by size, and read over their borders', async () => {
    const inbox = await at.open({}, { bytes: 400, ageMs: 1e9 })
    for (let index = 0; index < 12; index += 1) await inbox.accept('news', json({ email: `${index}` }))
    await inbox.close()
    expect(at.files().length).toBeGreaterThan(2)
    const { emails, cursor } = await at.read()
    expect(emails).toEqual(Array.from({ length: 12 }, (_, index) => `${index}`))
    expect(await at.read(cursor)).toMatchObject({ records: [] })
    expect(statSync(join(at.folder, 'news', at.files()[0]!)).mode & 0o777).toBe(0o600)
  })

  it('what comes after the end is refused, and opens no segment', async () => {
    const inbox = await at.open()
    await inbox.close()
    expect((await refusal(inbox.accept('news', json({ email: 'a' })))).code).toBe('inbox_unavailable')
    expect(at.files()).toEqual([])
  })

  it('are rolled by age', async () => {
    const inbox = await at.open({}, { bytes: 1e9, ageMs: 0 })
    await inbox.accept('news', json({ email: 'a' }))
    await inbox.accept('news', json({ email: 'b' }))
    await inbox.close()
    expect(at.files()).toHaveLength(2)
  })

  it('belong to one process at a time; a lock that nobody holds any more is taken', async () => {
    const inbox = await at.open()
    expect((await refusal(at.open())).code).toBe('inbox_busy')
    await inbox.close()
    for (const stale of ['{"pid":4194304,"began":null}', `{"pid":${process.pid},"began":"1"}`, 'torn']) {
      writeFileSync(join(at.folder, '.writer.000900.json'), stale)
      await (await at.open()).close()
      expect(readdirSync(at.folder).filter((name) => name.startsWith('.'))).toEqual(['.writer.000901.json'])
      rmSync(join(at.folder, '.writer.000901.json'))
    }
  })

  it('a segment that is shorter than what was read of it, or damaged, is said and never read past', async () => {
    const inbox = await at.open()
    await inbox.accept('news', json({ email: 'a' }))
    await inbox.close()
    const { cursor } = await at.read()
    const path = join(at.folder, 'news', at.files()[0]!)
    const text = readFileSync(path, 'utf8')
    writeFileSync(path, '')
    expect((await refusal(at.read(cursor))).code).toBe('inbox_damaged')
    writeFileSync(path, `${text}garbage\n`)
    expect((await refusal(at.read())).code).toBe('inbox_damaged')
  })

  it('segments that were read may be taken away: what comes after is read; an older copy in their place is said', async () => {
    let inbox = await at.open({}, { bytes: 1, ageMs: 1e9 })
    await inbox.accept('news', json({ email: 'a' }))
    await inbox.accept('news', json({ email: 'b' }))
    const { cursor } = await at.read()
    await inbox.close()
    const [older, newer] = at.files()
    rmSync(join(at.folder, 'news', newer!))
    expect((await refusal(at.read(cursor))).code).toBe('inbox_damaged')
    rmSync(join(at.folder, 'news', older!))
    inbox = await at.open()
    await inbox.accept('news', json({ email: 'c' }))
    await inbox.close()
    expect((await at.read(cursor)).emails).toEqual(['c'])
  })

  it('a record that is blanked keeps its place; what a stopped call left half is finished by the next', async () => {
    const inbox = await at.open()
    await inbox.accept('news', json([{ email: 'a' }, { email: 'b' }, { email: 'c' }]))
    const before = await at.read()
    await inbox.accept('news', json({ email: 'd' }))
    const gone = await blankRecords(at.folder, (line) => /"(b|c|d)"/.test(line))
    expect(gone.map(({ records }) => records)).toEqual([3])
    await inbox.accept('news', json({ email: 'e' }))
    expect((await at.read(before.cursor)).emails).toEqual(['e'])
    expect((await at.read()).emails).toEqual(['a', 'e'])
    const path = join(at.folder, 'news', at.files()[0]!)
    const handle = openSync(path, 'r+')
    writeSync(handle, '-', 0)
    closeSync(handle)
    expect((await at.read()).emails).toEqual(['e'])
    expect(readFileSync(path, 'utf8')).toContain('"a"')
    expect((await blankRecords(at.folder, () => false)).map(({ records }) => records)).toEqual([0])
    expect(readFileSync(path, 'utf8')).not.toContain('"a"')
    const survey = await surveyForm(at.folder, 'news', [parseCursor(before.cursor!)!])
    expect(survey).toMatchObject({ records: 1, unread: [1], segments: 1 })
    await inbox.close()
    const again = await at.open()
    await again.close()
    expect((await at.read()).emails).toEqual(['e'])
  })

  /** Any order of requests, reads, blanked records, and kills that leave what was never answered behind the last whole request. */
  it('every record that was answered is read once, in order, whatever happens between', async () => {
    const step = fc.oneof(
      fc.record({ kind: fc.constant('send' as const), events: fc.integer({ min: 1, max: 5 }) }),
      fc.record({ kind: fc.constant('read' as const) }),
      fc.record({ kind: fc.constant('blank' as const), share: fc.integer({ min: 2, max: 5 }) }),
      fc.record({ kind: fc.constant('kill' as const), cut: fc.double({ min: 0, max: 1, noNaN: true }) }),
    )
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { maxLength: 25 }),
        fc.integer({ min: 1, max: 900 }),
        async (steps, bytes) => {
          rmSync(join(at.folder, 'news'), { recursive: true, force: true })
          let inbox = await at.open({}, { bytes, ageMs: 1e9 })
          let cursor: string | undefined
          const sent: string[] = []
          const gone = new Set<string>()
          const seen: string[] = []
          let next = 0
          const readOn = async () => {
            const part = await at.read(cursor)
            cursor = part.cursor
            seen.push(...(part.emails as string[]))
          }
          for (const one of steps) {
            if (one.kind === 'send') {
              const events = Array.from({ length: one.events }, () => ({ email: `n${next++}.` }))
              await inbox.accept('news', json(events))
              sent.push(...events.map(({ email }) => email))
            } else if (one.kind === 'read') await readOn()
            else if (one.kind === 'blank') {
              const theirs = (line: string) => Number(/"n(\d+)\."/.exec(line)?.[1]) % one.share === 0
              await blankRecords(at.folder, theirs)
              for (const email of sent) if (theirs(`"${email}"`) && !seen.includes(email)) gone.add(email)
            } else {
              // As after a kill in the middle of a write: lines of a request that has no end.
              await inbox.close()
              const last = at.files().at(-1)
              const lines = `{"more":true,"id":"x","at":"2026-01-01T00:00:00.000Z","form":"news","body":{"email":"torn"}}\n{"id":"y","body":{"email":"torn"}}`
              if (last)
                appendFileSync(
                  join(at.folder, 'news', last),
                  lines.slice(0, Math.floor(one.cut * lines.length)),
                )
              inbox = await at.open({}, { bytes, ageMs: 1e9 })
            }
          }
          await readOn()
          await inbox.close()
          expect(seen).toEqual(sent.filter((email) => !gone.has(email)))
        },
      ),
      { numRuns: 60 },
    )
  })

  it('is read whole while it is written, by a reader that knows nothing of the writer', async () => {
    const inbox = await at.open({}, { bytes: 20_000, ageMs: 1e9 })
    const sent: string[] = []
    let isDone = false
    const writing = (async () => {
      await Promise.all(
        Array.from({ length: 8 }, async (_, sender) => {
          for (let index = 0; index < 60; index += 1) {
            const events = Array.from({ length: 5 }, (__, part) => ({ email: `${sender}-${index}-${part}` }))
            await inbox.accept('news', json(events))
            sent.push(...events.map(({ email }) => email))
          }
        }),
      )
      isDone = true
    })()
    const seen: unknown[] = []
    let cursor: string | undefined
    while (!isDone) {
      await new Promise(setImmediate)
      const part = await at.read(cursor)
      cursor = part.cursor
      seen.push(...part.emails)
    }
    await writing
    seen.push(...(await at.read(cursor)).emails)
    await inbox.close()
    expect(seen).toHaveLength(2400)
    expect(new Set(seen)).toEqual(new Set(sent))
  })
})
