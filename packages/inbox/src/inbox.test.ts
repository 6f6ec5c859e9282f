import { appendFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { blankRecords, type Form, Inbox, readRecords, sign, surveyForm } from './index.ts'
import { parseCursor } from './read-records.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sillage-inbox-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const form: Form = {
  name: 'news',
  types: { email: 'text', age: 'integer', score: 'number', ok: 'boolean', tags: 'list' },
  check: (event) => (event.email === undefined ? [{ field: 'email', code: 'missing' }] : []),
  honeypot: 'website',
  events: 100,
  keep: [],
}

const open = (more: Partial<Form> = {}, limits = { bytes: 2 ** 26, ageMs: 1e9 }, now = () => new Date()) =>
  Inbox.open({ folder, forms: [{ ...form, ...more }], now, limits })

const json = (value: unknown, more: object = {}) => ({
  body: Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)),
  type: 'application/json',
  facts: {},
  ...more,
})

/** All that is behind a cursor. */
async function read(since?: string) {
  const records: { readonly id: string; readonly body: Readonly<Record<string, unknown>> }[] = []
  const lines: string[] = []
  let cursor = since
  for await (const part of readRecords({ inbox: folder, form: 'news', since })) {
    lines.push(...part.records)
    records.push(...part.records.map((line) => JSON.parse(line)))
    cursor = part.cursor
  }
  return { records, lines, cursor, emails: records.map(({ body }) => body.email) }
}

const files = () => (existsSync(join(folder, 'news')) ? readdirSync(join(folder, 'news')).sort() : [])

const refusal = async (work: Promise<unknown>): Promise<{ code: string; facts: Record<string, unknown> }> => {
  try {
    await work
  } catch (error) {
    return error as { code: string; facts: Record<string, unknown> }
  }
  throw new Error('it was taken')
}

describe('what a request may be', () => {
  it.each([
    ['application/json', '{"email": "a@b.fr",\n "n": 12345678901234567890.10, "m": 1.50}'],
    ['application/x-ndjson', '{"email": "a@b.fr", "n": 12345678901234567890.10, "m": 1.50}\n\n'],
    ['application/json; charset=utf-8', ' [ {"email": "a@b.fr", "n": 12345678901234567890.10, "m": 1.50} ] '],
  ])('%s keeps every digit', async (type, body) => {
    const inbox = await open()
    const { ids } = await inbox.accept('news', { ...json(body), type })
    await inbox.close()
    const { lines, records } = await read()
    expect(records.map(({ id }) => id)).toEqual(ids)
    expect(lines[0]).toContain('"n": 12345678901234567890.10')
    expect(lines[0]).toContain('"m": 1.50')
  })

  it('a form of a browser is kept as text and checked as what it stands for; what was left empty is absent', async () => {
    const seen: unknown[] = []
    const inbox = await open({
      check: (event) => {
        seen.push(event)
        return []
      },
    })
    const type = 'application/x-www-form-urlencoded'
    await inbox.accept(
      'news',
      json('email=zo%C3%A9%40b.fr+&age=042&score=1.50&ok=on&tags=x&more=1&more=2&empty=', { type }),
    )
    expect(seen).toEqual([
      { email: 'zoé@b.fr ', age: 42, score: 1.5, ok: true, tags: ['x'], more: ['1', '2'] },
    ])
    const multipart = new FormData()
    multipart.set('email', 'zoé@b.fr')
    multipart.append('tags', 'a')
    multipart.append('tags', 'b')
    const sent = new Response(multipart)
    const parts = { type: sent.headers.get('content-type')!, body: Buffer.from(await sent.arrayBuffer()) }
    await inbox.accept('news', { ...parts, facts: {} })
    await inbox.close()
    expect((await read()).records.map(({ body }) => body)).toEqual([
      { email: 'zoé@b.fr ', age: '042', score: '1.50', ok: 'on', tags: ['x'], more: ['1', '2'] },
      { email: 'zoé@b.fr', tags: ['a', 'b'] },
    ])
  })

  const file = `--x\r\ncontent-disposition: form-data; name="f"; filename="a.txt"\r\n\r\nhello\r\n--x--\r\n`
  it.each([
    ['media_type_refused', 'text/html', '{}'],
    ['body_invalid', 'application/json', '{"email":'],
    ['body_invalid', 'application/json', ''],
    ['body_invalid', 'application/json', '[]'],
    ['body_invalid', 'application/x-ndjson', '\n \n'],
    ['body_invalid', 'application/json', Buffer.from([0x22, 0xc3, 0x22])],
    ['body_invalid', 'application/x-www-form-urlencoded', 'email=%E9'],
    ['body_invalid', 'application/x-www-form-urlencoded', 'email=%00'],
    ['body_invalid', 'multipart/form-data; boundary=x', file],
    ['body_invalid', 'multipart/form-data', 'nothing'],
    ['body_invalid', 'multipart/form-data; boundary=x', '--x\r\ncut'],
    ['events_too_many', 'application/json', JSON.stringify(Array(101).fill({ email: 'a' }))],
    ['events_too_many', 'application/x-ndjson', '{"email":"a"}\n'.repeat(101)],
  ])('%s: %s', async (code, type, body) => {
    const inbox = await open()
    const facts = { body: Buffer.from(body as string), type, facts: {} }
    expect((await refusal(inbox.accept('news', facts))).code).toBe(code)
    expect(inbox.counts()).toMatchObject([{ accepted: 0, refused: 1 }])
    await inbox.close()
    expect((await read()).records).toEqual([])
  })

  it('lines that do not fit are told by line and field, all at once, and nothing of the request is kept', async () => {
    const inbox = await open()
    const lines = [
      '{"email":"a"}',
      'x',
      '',
      '[1]',
      'null',
      '{"n":1}',
      '{"email":"a\\u0000"}',
      '{"email":"a\\\\u0000"}',
    ]
    const deep = `{"email":${'['.repeat(40)}${']'.repeat(40)}}`
    const first = await refusal(
      inbox.accept('news', json([...lines, deep].join('\n'), { type: 'application/x-ndjson' })),
    )
    expect(first.facts.problems).toEqual([
      { line: 2, code: 'not_json' },
      { line: 4, code: 'not_an_object' },
      { line: 5, code: 'not_an_object' },
      { line: 7, code: 'nul_character' },
      { line: 9, code: 'too_deep' },
    ])
    const second = await refusal(inbox.accept('news', json([{ email: 'a' }, {}, { email: 'b', _key: '' }])))
    expect(second.facts.problems).toEqual([
      { line: 2, field: 'email', code: 'missing' },
      { line: 3, field: '_key', code: 'key_invalid' },
    ])
    await inbox.close()
    expect((await read()).records).toEqual([])
  })

  it('a hundred thousand brackets and the keys of prototypes do no harm', async () => {
    const inbox = await open()
    const brackets = `${'['.repeat(1e5)}${']'.repeat(1e5)}`
    expect((await refusal(inbox.accept('news', json(brackets)))).code).toBe('events_refused')
    expect((await refusal(inbox.accept('news', json(`{"email":${brackets}}`)))).code).toBe('events_refused')
    await inbox.accept('news', json('{"email":"a","__proto__":{"email":"b"},"constructor":1}'))
    await inbox.accept('news', {
      ...json('__proto__=1&constructor=2&email=c'),
      type: 'application/x-www-form-urlencoded',
    })
    await inbox.close()
    const { lines, emails } = await read()
    expect(emails).toEqual(['a', 'c'])
    expect(lines[0]).toContain('"__proto__":{"email":"b"}')
    expect(lines[1]).toContain('"__proto__":"1"')
    expect(({} as Record<string, unknown>).email).toBeUndefined()
  })

  it('items of a list keep their text, wherever brackets, commas and quotes stand', () => {
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 3 })), { minLength: 1, maxLength: 4 }),
        fc.integer({ min: 0, max: 3 }),
        async (list, indent) => {
          const { itemsOf, onOneLine } = await import('./json-text.ts')
          const items = itemsOf(JSON.stringify(list, null, indent)).map(onOneLine)
          expect(items.map((item) => JSON.parse(item))).toEqual(JSON.parse(JSON.stringify(list)))
          expect(items.join('')).not.toContain('\n')
        },
      ),
    )
  })
})

describe('once', () => {
  it('a key is answered like the first time and kept once: also at the same moment, and after a restart', async () => {
    let inbox = await open()
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
    inbox = await open()
    expect(await send({ email: 'other' }, 'k-1')).toEqual(both[0])
    expect((await send({ email: 'c', _key: 'e' })).ids).toEqual(single[0]!.ids)
    await inbox.close()
    expect((await read()).emails).toEqual(['a', 'b', 'c', 'd', 'f', 'g'])
  })

  it('a key is free again after a day, also for a server that starts then', async () => {
    let at = Date.parse('2026-01-01T00:00:00Z')
    let inbox = await open({}, undefined, () => new Date(at))
    const send = () => inbox.accept('news', json({ email: 'a' }, { idempotencyKey: 'k' }))
    const first = await send()
    at += 23 * 3_600_000
    expect(await send()).toEqual(first)
    at += 2 * 3_600_000
    expect(await send()).not.toEqual(first)
    await inbox.close()
    at += 25 * 3_600_000
    inbox = await open({}, undefined, () => new Date(at))
    await send()
    await inbox.close()
    expect((await read()).records).toHaveLength(3)
  })

  it('keys that are none are refused', async () => {
    const inbox = await open()
    for (const idempotencyKey of ['', 'a b', 'é', 'x'.repeat(201)])
      expect((await refusal(inbox.accept('news', json({ email: 'a' }, { idempotencyKey })))).code).toBe(
        'idempotency_key_invalid',
      )
    await inbox.close()
  })

  it('what only machines fill in is answered as ever, and not kept', async () => {
    const inbox = await open()
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
    expect((await read()).emails).toEqual(['b'])
  })
})

describe('signed requests', () => {
  const now = new Date('2026-01-01T00:00:00Z')
  const body = Buffer.from('{"email":"a"}')
  const header = (seconds: number, secret = 'hush', of = body) =>
    `t=${seconds},v1=${sign({ body: of, secret, seconds })}`
  const t = now.getTime() / 1000

  it('a right signature is taken, beside an old one too; RFC 4231 agrees on the hash', async () => {
    const inbox = await open({ secret: 'hush' }, undefined, () => now)
    for (const signature of [
      header(t),
      header(t - 299),
      header(t + 299),
      `${header(t, 'old')},${header(t).split(',')[1]}`,
    ])
      await inbox.accept('news', { ...json({}), body, signature })
    await inbox.close()
    // RFC 4231, test case 2: the key "Jefe" over "what do ya want for nothing?", of which a time and a point stand before here.
    const { createHmac } = await import('node:crypto')
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
    const inbox = await open({ secret: 'hush' }, undefined, () => now)
    expect((await refusal(inbox.accept('news', { ...json({}), body, signature }))).code).toBe(
      'signature_invalid',
    )
    await inbox.close()
    expect((await read()).records).toEqual([])
  })
})

describe('segments', () => {
  it('are rolled by size, and read over their borders', async () => {
    const inbox = await open({}, { bytes: 400, ageMs: 1e9 })
    for (let index = 0; index < 12; index += 1) await inbox.accept('news', json({ email: `${index}` }))
    await inbox.close()
    expect(files().length).toBeGreaterThan(2)
    const { emails, cursor } = await read()
    expect(emails).toEqual(Array.from({ length: 12 }, (_, index) => `${index}`))
    expect(await read(cursor)).toMatchObject({ records: [] })
    expect(statSync(join(folder, 'news', files()[0]!)).mode & 0o777).toBe(0o600)
  })

  it('what comes after the end is refused, and opens no segment', async () => {
    const inbox = await open()
    await inbox.close()
    expect((await refusal(inbox.accept('news', json({ email: 'a' })))).code).toBe('inbox_unavailable')
    expect(files()).toEqual([])
  })

  it('are rolled by age', async () => {
    const inbox = await open({}, { bytes: 1e9, ageMs: 0 })
    await inbox.accept('news', json({ email: 'a' }))
    await inbox.accept('news', json({ email: 'b' }))
    await inbox.close()
    expect(files()).toHaveLength(2)
  })

  it('belong to one process at a time; a lock that nobody holds any more is taken', async () => {
    const inbox = await open()
    expect((await refusal(open())).code).toBe('inbox_busy')
    await inbox.close()
    const { writeFileSync } = await import('node:fs')
    for (const stale of ['{"pid":4194304,"began":null}', `{"pid":${process.pid},"began":"1"}`, 'torn']) {
      writeFileSync(join(folder, '.writer.json'), stale)
      await (await open()).close()
    }
  })

  it('a segment that is shorter than what was read of it, or damaged, is said and never read past', async () => {
    const inbox = await open()
    await inbox.accept('news', json({ email: 'a' }))
    await inbox.close()
    const { cursor } = await read()
    const path = join(folder, 'news', files()[0]!)
    const { writeFileSync } = await import('node:fs')
    const text = readFileSync(path, 'utf8')
    writeFileSync(path, '')
    expect((await refusal(read(cursor))).code).toBe('inbox_damaged')
    writeFileSync(path, `${text}garbage\n`)
    expect((await refusal(read())).code).toBe('inbox_damaged')
  })

  it('segments that were read may be taken away: what comes after is read; an older copy in their place is said', async () => {
    let inbox = await open({}, { bytes: 1, ageMs: 1e9 })
    await inbox.accept('news', json({ email: 'a' }))
    await inbox.accept('news', json({ email: 'b' }))
    const { cursor } = await read()
    await inbox.close()
    const [older, newer] = files()
    rmSync(join(folder, 'news', newer!))
    expect((await refusal(read(cursor))).code).toBe('inbox_damaged')
    rmSync(join(folder, 'news', older!))
    inbox = await open()
    await inbox.accept('news', json({ email: 'c' }))
    await inbox.close()
    expect((await read(cursor)).emails).toEqual(['c'])
  })

  it('a record that is blanked keeps its place; what a stopped call left half is finished by the next', async () => {
    const inbox = await open()
    await inbox.accept('news', json([{ email: 'a' }, { email: 'b' }, { email: 'c' }]))
    const before = await read()
    await inbox.accept('news', json({ email: 'd' }))
    const gone = await blankRecords(folder, (line) => /"(b|c|d)"/.test(line))
    expect(gone.map(({ records }) => records)).toEqual([3])
    await inbox.accept('news', json({ email: 'e' }))
    expect((await read(before.cursor)).emails).toEqual(['e'])
    expect((await read()).emails).toEqual(['a', 'e'])
    const path = join(folder, 'news', files()[0]!)
    const { openSync, writeSync, closeSync } = await import('node:fs')
    const handle = openSync(path, 'r+')
    writeSync(handle, '-', 0)
    closeSync(handle)
    expect((await read()).emails).toEqual(['e'])
    expect(readFileSync(path, 'utf8')).toContain('"a"')
    expect((await blankRecords(folder, () => false)).map(({ records }) => records)).toEqual([0])
    expect(readFileSync(path, 'utf8')).not.toContain('"a"')
    const survey = await surveyForm(folder, 'news', [parseCursor(before.cursor!)!])
    expect(survey).toMatchObject({ records: 1, unread: [1], segments: 1 })
    await inbox.close()
    const again = await open()
    await again.close()
    expect((await read()).emails).toEqual(['e'])
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
          rmSync(join(folder, 'news'), { recursive: true, force: true })
          let inbox = await open({}, { bytes, ageMs: 1e9 })
          let cursor: string | undefined
          const sent: string[] = []
          const gone = new Set<string>()
          const seen: string[] = []
          let next = 0
          const readOn = async () => {
            const part = await read(cursor)
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
              await blankRecords(folder, theirs)
              for (const email of sent) if (theirs(`"${email}"`) && !seen.includes(email)) gone.add(email)
            } else {
              // As after a kill in the middle of a write: lines of a request that has no end.
              await inbox.close()
              const last = files().at(-1)
              const lines = `{"more":true,"id":"x","at":"2026-01-01T00:00:00.000Z","form":"news","body":{"email":"torn"}}\n{"id":"y","body":{"email":"torn"}}`
              if (last)
                appendFileSync(join(folder, 'news', last), lines.slice(0, Math.floor(one.cut * lines.length)))
              inbox = await open({}, { bytes, ageMs: 1e9 })
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
    const inbox = await open({}, { bytes: 20_000, ageMs: 1e9 })
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
      const part = await read(cursor)
      cursor = part.cursor
      seen.push(...part.emails)
    }
    await writing
    seen.push(...(await read(cursor)).emails)
    await inbox.close()
    expect(seen).toHaveLength(2400)
    expect(new Set(seen)).toEqual(new Set(sent))
  })
})
