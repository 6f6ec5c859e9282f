import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { json, refusal, TestInbox } from './inbox.fixture.ts'
import { itemsOf, onOneLine } from './json-text.ts'

let at: TestInbox
beforeEach(() => {
  at = new TestInbox()
})
afterEach(() => at[Symbol.dispose]())

describe('what a request may be', () => {
  it.each([
    ['application/json', '{"email": "a@b.fr",\n "n": 12345678901234567890.10, "m": 1.50}'],
    ['application/x-ndjson', '{"email": "a@b.fr", "n": 12345678901234567890.10, "m": 1.50}\n\n'],
    ['application/json; charset=utf-8', ' [ {"email": "a@b.fr", "n": 12345678901234567890.10, "m": 1.50} ] '],
  ])('%s keeps every digit', async (type, body) => {
    const inbox = await at.open()
    const { ids } = await inbox.accept('news', { ...json(body), type })
    await inbox.close()
    const { lines, records } = await at.read()
    expect(records.map(({ id }) => id)).toEqual(ids)
    expect(lines[0]).toContain('"n": 12345678901234567890.10')
    expect(lines[0]).toContain('"m": 1.50')
  })

  it('a form of a browser is kept as text and checked as what it stands for; what was left empty is absent', async () => {
    const seen: unknown[] = []
    const inbox = await at.open({
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
    expect((await at.read()).records.map(({ body }) => body)).toEqual([
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
    const inbox = await at.open()
    const facts = { body: Buffer.from(body as string), type, facts: {} }
    expect((await refusal(inbox.accept('news', facts))).code).toBe(code)
    expect(inbox.counts()).toMatchObject([{ accepted: 0, refused: 1 }])
    await inbox.close()
    expect((await at.read()).records).toEqual([])
  })

  it('lines that do not fit are told by line and field, all at once, and nothing of the request is kept', async () => {
    const inbox = await at.open()
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
    expect((await at.read()).records).toEqual([])
  })

  it('a hundred thousand brackets and the keys of prototypes do no harm', async () => {
    const inbox = await at.open()
    const brackets = `${'['.repeat(1e5)}${']'.repeat(1e5)}`
    expect((await refusal(inbox.accept('news', json(brackets)))).code).toBe('events_refused')
    expect((await refusal(inbox.accept('news', json(`{"email":${brackets}}`)))).code).toBe('events_refused')
    await inbox.accept('news', json('{"email":"a","__proto__":{"email":"b"},"constructor":1}'))
    await inbox.accept('news', {
      ...json('__proto__=1&constructor=2&email=c'),
      type: 'application/x-www-form-urlencoded',
    })
    await inbox.close()
    const { lines, emails } = await at.read()
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
          const items = itemsOf(JSON.stringify(list, null, indent)).map(onOneLine)
          expect(items.map((item) => JSON.parse(item))).toEqual(JSON.parse(JSON.stringify(list)))
          expect(items.join('')).not.toContain('\n')
        },
      ),
    )
  })
})
