import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readRecords, sign } from '@sillage/inbox'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Host, ServedForm, ServerOptions } from '../host.ts'
import { type RunningServer, startServer } from '../server.ts'

const folder = mkdtempSync(join(tmpdir(), 'sillage-collect-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const form = (name: string, more: Partial<ServedForm> = {}): ServedForm => ({
  name,
  types: { email: 'text', age: 'integer' },
  check: (event) => (typeof event.email === 'string' ? [] : [{ field: 'email', code: 'missing' }]),
  events: 1000,
  keep: [],
  origins: [],
  rate: 10_000,
  schema: { type: 'object', properties: { email: { type: 'string' } }, required: ['email'] },
  ...more,
})

const forms = [
  form('news', { origins: ['https://shop.example'], honeypot: 'website' }),
  form('contest', { redirect: 'https://shop.example/thanks', keep: ['ip', 'user_agent', 'referer'] }),
  form('clicks', { secret: 'hush' }),
  form('survey', {
    schema: {
      type: 'object',
      properties: {
        email: { type: 'string', title: 'E-mail & "more"' },
        age: { type: 'integer' },
        wine: { type: 'string', enum: ['red', '<b>white'] },
        nick: { type: 'string', minLength: 3 },
      },
    },
    check: ({ email, age, wine, nick, ...others }) => [
      ...(email === undefined ? [{ field: 'email', code: 'missing' }] : []),
      ...(typeof age === 'string' ? [{ field: 'age', code: 'type_wrong' }] : []),
      ...(wine === 'blue' ? [{ field: 'wine', code: 'not_among' }] : []),
      ...(String(nick).length < 3 ? [{ field: 'nick', code: 'too_short' }] : []),
      ...Object.keys(others).map((field) => ({ field, code: 'field_unknown' })),
    ],
  }),
  form('few', { rate: 3, origins: ['https://shop.example'] }),
]

const said: string[] = []
const host = (own: string): Host => ({
  folder: own,
  hidden: [own],
  temp: join(own, 'tmp'),
  command: [process.execPath, '-e', ''],
  inbox: { folder: join(own, 'inbox'), forms, proxies: ['127.0.0.1'] },
  pipelines: async () => [],
  catchUp: async () => 'none',
  holders: () => [],
  lineageLost: () => 0,
  now: () => new Date(),
  say: (text) => said.push(text),
})

const start = (name: string, more: Partial<ServerOptions> = {}) =>
  startServer(host(join(folder, name)), { host: '127.0.0.1', port: 0, tokens: {}, jobs: 1, ...more })

async function records(name: string, of: string): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const found = []
  for await (const part of readRecords({ inbox: join(folder, name, 'inbox'), form: of, since: undefined }))
    found.push(...part.records.map((line) => JSON.parse(line)))
  return found
}

describe('forms over HTTP', () => {
  let server: RunningServer
  beforeAll(async () => {
    server = await start('a', { requestTimeoutMs: 500 })
  })
  afterAll(() => server.close())

  const post = async (
    of: string,
    body: string | FormData | Uint8Array<ArrayBuffer>,
    headers: Readonly<Record<string, string>> = { 'content-type': 'application/json' },
  ) => {
    const answer = await fetch(`${server.address}/collect/${of}`, {
      method: 'POST',
      body,
      headers,
      redirect: 'manual',
    })
    const text = await answer.text()
    return { status: answer.status, headers: answer.headers, text, json: () => JSON.parse(text) as never }
  }

  /** The code of a refusal; its answer names no folder, no stack and nothing of what was sent. */
  const refused = ({ status, text }: { status: number; text: string }, expected: number): string => {
    expect(status, text).toBe(expected)
    const { error } = JSON.parse(text) as { error: { code: string; hint?: string } }
    expect(error.hint).toBeTruthy()
    expect(text).not.toMatch(/\/tmp\/|node_modules|\bat .*:\d+:\d+|secret@/)
    return error.code
  }

  it('each kind of body is on the disk when it is answered', async () => {
    const one = await post('news', '{"email":"a@x.fr"}')
    expect(one.status).toBe(202)
    expect(one.json()).toEqual({ accepted: 1, ids: [expect.stringMatching(/^[0-9a-f-]{36}$/)] })
    expect((await records('a', 'news'))[0]).toMatchObject({ form: 'news', body: { email: 'a@x.fr' } })
    const list = await post('news', '[{"email":"b@x.fr"},{"email":"c@x.fr"}]')
    expect(list.json()).toMatchObject({ accepted: 2 })
    const lines = await post('news', '{"email":"d@x.fr"}\n{"email":"e@x.fr"}\n', {
      'content-type': 'application/x-ndjson',
    })
    expect(lines.json()).toMatchObject({ accepted: 2 })
    const entered = await post('news', 'email=f%40x.fr', {
      'content-type': 'application/x-www-form-urlencoded',
    })
    expect(entered).toMatchObject({ status: 200, text: 'Received. Thank you.\n' })
    const parts = new FormData()
    parts.set('email', 'g@x.fr')
    expect((await post('news', parts, {})).status).toBe(200)
    const emails = (await records('a', 'news')).map(({ body }) => (body as { email: string }).email)
    expect(emails).toEqual([...'abcdefg'].map((letter) => `${letter}@x.fr`))
    for (const record of await records('a', 'news')) expect(record).not.toHaveProperty('ip')
  })

  it('a browser goes on to the page of the form, and only what the form keeps is kept of the request', async () => {
    const answer = await post('contest', 'email=a%40x.fr', {
      'content-type': 'application/x-www-form-urlencoded',
      'user-agent': 'Tester/1',
      referer: 'https://shop.example/contest',
      'x-forwarded-for': '203.0.113.7',
    })
    expect(answer.status).toBe(303)
    expect(answer.headers.get('location')).toBe('https://shop.example/thanks')
    expect(await records('a', 'contest')).toMatchObject([
      { ip: '203.0.113.7', user_agent: 'Tester/1', referer: 'https://shop.example/contest' },
    ])
  })

  it('pages of the origins that were named may ask and send, by whatever name they call this server; others may not', async () => {
    const ask = (origin: string, method = 'POST', of = 'news') =>
      fetch(`${server.address}/collect/${of}`, {
        method,
        headers: { origin, 'content-type': 'application/json' },
        ...(method === 'POST' ? { body: '{"email":"o@x.fr"}' } : {}),
      })
    const before = await ask('https://shop.example', 'OPTIONS')
    expect(before.status).toBe(204)
    expect(before.headers.get('access-control-allow-origin')).toBe('https://shop.example')
    expect(before.headers.get('access-control-allow-headers')).toContain('idempotency-key')
    const sent = await ask('https://shop.example')
    expect(sent.status).toBe(202)
    expect(sent.headers.get('access-control-allow-origin')).toBe('https://shop.example')
    // A page learns also why something was refused.
    for (const [body, status] of [
      ['{}', 422],
      [`"${'a'.repeat(2 ** 20)}"`, 413],
    ] as const) {
      const headers = { origin: 'https://shop.example', 'content-type': 'application/json' }
      const answer = await fetch(`${server.address}/collect/news`, { method: 'POST', headers, body })
      expect(answer.status).toBe(status)
      expect(answer.headers.get('access-control-allow-origin')).toBe('https://shop.example')
    }
    for (const origin of [
      'https://evil.example',
      'https://shop.example.evil.example',
      'null',
      'http://shop.example',
    ])
      for (const method of ['OPTIONS', 'POST']) {
        const answer = await ask(origin, method)
        expect(refused({ status: answer.status, text: await answer.text() }, 403)).toBe('origin_refused')
        expect(answer.headers.get('access-control-allow-origin')).toBeNull()
      }
    expect((await ask('https://shop.example', 'POST', 'contest')).status).toBe(403)
    // The way through is this route's alone.
    const other = await fetch(`${server.address}/api/v1/pipelines`, {
      headers: { origin: 'https://shop.example' },
    })
    expect(other.status).toBe(403)
  })

  const raw = (text: string | Buffer, wait = 0): Promise<string> =>
    new Promise((done) => {
      const { port, hostname } = new URL(server.address)
      let answer = ''
      const socket = connect(Number(port), hostname, () => {
        socket.write(text)
        if (wait > 0) setTimeout(() => socket.end(), wait)
      })
      socket.on('data', (part) => {
        answer += part.toString()
      })
      socket.on('close', () => done(answer))
      socket.on('error', () => {})
    })
  const head = (host: string, more: string) =>
    `POST /collect/news HTTP/1.1\r\nhost: ${host}\r\ncontent-type: application/json\r\nconnection: close\r\n${more}\r\n`

  it('a page that was given a name of its own for this machine may not send, a proxy under the name of the shop may', async () => {
    const body = '{"email":"h@x.fr"}'
    const length = `content-length: ${body.length}\r\n`
    expect(await raw(`${head('shop.example', length)}${body}`)).toMatch(/^HTTP\/1.1 202 /)
    const rebound = head('evil.example:80', `${length}origin: http://evil.example:80\r\n`)
    expect(await raw(`${rebound}${body}`)).toMatch(/^HTTP\/1.1 403 /)
    expect(
      await raw('GET /api/v1/pipelines HTTP/1.1\r\nhost: shop.example\r\nconnection: close\r\n\r\n'),
    ).toMatch(/^HTTP\/1.1 403 /)
  })

  it('a body that comes slowly, is cut, too long or lies about its length is refused, and nothing of it is kept', async () => {
    const before = (await records('a', 'news')).length
    const slow = await raw(`${head('localhost', 'content-length: 100\r\n')}{"email":"secret@x.fr"}`)
    expect(slow).toMatch(/^HTTP\/1.1 408 .*request_timeout/s)
    await raw(`${head('localhost', 'content-length: 100\r\n')}{"email":"secret@x.fr"}`, 50)
    expect(await raw(`${head('localhost', 'content-length: 5\r\n')}{"email":"secret@x.fr"}`)).not.toMatch(
      /^HTTP\/1.1 2/,
    )
    expect(await raw(`${head('localhost', 'content-length: x\r\n')}{}`)).toMatch(/^HTTP\/1.1 400 /)
    const long = `{"email":"${'a'.repeat(2 ** 20)}"}`
    expect(refused(await post('news', long), 413)).toBe('body_too_large')
    expect(refused(await post('news', `[${Array(1001).fill('{"email":"a"}')}]`), 413)).toBe('events_too_many')
    expect((await records('a', 'news')).length).toBe(before)
  })

  it.each([
    [422, 'events_refused', 'application/json', '{"mail":"secret@x.fr"}'],
    [422, 'events_refused', 'application/x-ndjson', '{"email":"secret@x.fr"}\nno\n'],
    [400, 'body_invalid', 'application/json', '{"email":"secret@x.fr"'],
    [400, 'body_invalid', 'application/json', ''],
    [415, 'media_type_refused', 'text/html', '<p>'],
    [415, 'media_type_refused', 'no type', '{}'],
    [400, 'body_invalid', 'multipart/form-data; boundary=x', '--x'],
  ])('%i %s for %s', async (status, code, type, body) => {
    const before = (await records('a', 'news')).length
    const answer = await post('news', body, { 'content-type': type })
    expect(refused(answer, status)).toBe(code)
    expect((await records('a', 'news')).length).toBe(before)
  })

  it('what does not fit is told by line, field and code', async () => {
    const answer = await post('news', '[{"email":"a"},{"x":1}]')
    expect(answer.json()).toMatchObject({ problems: [{ line: 2, field: 'email', code: 'missing' }] })
  })

  describe('someone with a browser', () => {
    const send = (of: string, body: string, more: Readonly<Record<string, string>> = {}) =>
      post(of, body, {
        'content-type': 'application/x-www-form-urlencoded',
        accept: 'text/html,application/xhtml+xml,*/*;q=0.8',
        ...more,
      })
    const isPage = (answer: Awaited<ReturnType<typeof post>>, language: string): string => {
      expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8')
      expect(answer.headers.get('cache-control')).toBe('no-store')
      expect(answer.text).toContain(`<html lang="${language}">`)
      expect(answer.text).not.toMatch(
        /<(?!!doctype|\/?(html|meta|title|style|main|h1|p|ul|li|strong)\b)|<[^>]*\s(on\w+|href|src|style)=|\/tmp\//,
      )
      // The policy lets in the page's own style, and nothing else.
      const style = /<style>(.*)<\/style>/s.exec(answer.text)![1]!
      const hash = createHash('sha256').update(style).digest('base64')
      expect(answer.headers.get('content-security-policy')).toContain(
        `default-src 'none'; style-src 'sha256-${hash}'`,
      )
      return answer.text.replace(style, '')
    }

    it('is thanked in their language', async () => {
      expect(isPage(await send('news', 'email=a%40x.fr'), 'en')).toContain('Thank you')
      for (const header of ['fr', 'fr-FR,fr;q=0.9,en;q=0.8', 'de, en;q=0.5, fr;q=0.7', 'EN;q=0, FR'])
        expect(
          isPage(await send('news', 'email=a%40x.fr', { 'accept-language': header }), 'fr'),
          header,
        ).toContain('bien reçu')
      for (const header of ['', 'de', 'en-GB,fr;q=0.9', 'fr;q=0', ';;,,q=', 'x'.repeat(9000)])
        isPage(await send('news', 'email=a%40x.fr', { 'accept-language': header }), 'en')
    })

    it('is told which field to mend and how, and nothing is kept', async () => {
      const before = (await records('a', 'survey')).length
      const body =
        'age=x&wine=blue&nick=a&site=%3Cscript%3Ealert(1)%3C%2Fscript%3E&%3Cimg%20src%3Dx%20onerror%3D1%3E=1'
      const english = await send('survey', body)
      expect(english.status).toBe(422)
      const page = isPage(english, 'en')
      expect(page).toContain('<strong>E-mail &amp; &quot;more&quot;</strong>: please fill it in')
      expect(page).toContain('<strong>age</strong>: please enter a whole number')
      expect(page).toContain('<strong>wine</strong>: choose one of these: red, &lt;b&gt;white')
      expect(page).toContain('<strong>nick</strong>: at least 3 characters')
      expect(page).toContain('<strong>&lt;img src=x onerror=1&gt;</strong>: this form has no such field')
      expect(page).not.toContain('alert')
      const french = isPage(await send('survey', body, { 'accept-language': 'fr' }), 'fr')
      expect(french).toContain('<strong>age</strong>\u00a0: saisissez un nombre entier')
      expect(french).toContain('bouton Précédent')
      expect((await records('a', 'survey')).length).toBe(before)
    })

    it('gets a page for every refusal, with its status; programs get a problem', async () => {
      for (const [of, body, more, status] of [
        ['news', 'email=%ff', {}, 400],
        ['news', 'email=a', { origin: 'https://evil.example' }, 403],
        ['nws', 'email=a', {}, 404],
        ['news', `email=${'a'.repeat(2 ** 20)}`, {}, 413],
        ['clicks', 'email=a', {}, 401],
      ] as const) {
        const answer = await send(of, body, more)
        expect(answer.status, answer.text).toBe(status)
        isPage(answer, 'en')
        const told = await send(of, body, { ...more, accept: '*/*, text/html;q=0' })
        expect(told.status).toBe(status)
        expect(told.headers.get('content-type')).toContain('application/problem+json')
      }
      const json = await post('news', '{}', { 'content-type': 'application/json', accept: 'text/html' })
      expect(json.headers.get('content-type')).toContain('application/problem+json')
    })

    it('who sends too often is asked to wait', async () => {
      const more = { 'x-forwarded-for': '203.0.113.9' }
      for (let index = 0; index < 3; index += 1) await send('few', 'email=a', more)
      const answer = await send('few', 'email=a', more)
      expect(answer.status).toBe(429)
      expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0)
      expect(isPage(answer, 'en')).toContain('wait a minute')
    })
  })

  it('a form is sent, not asked for; what is no form is not there by any method', async () => {
    for (const method of ['GET', 'PUT', 'DELETE']) {
      const answer = await fetch(`${server.address}/collect/news`, { method })
      expect(answer.headers.get('allow')).toBe('OPTIONS, POST')
      expect(refused({ status: answer.status, text: await answer.text() }, 405)).toBe('method_refused')
    }
    expect((await fetch(`${server.address}/collect/nws`)).status).toBe(404)
  })

  it.each(['nws', '..%2f..%2fetc', '__proto__', 'constructor', '%00', 'a'.repeat(190)])(
    'there is no form %s, and nothing is made of its name',
    async (name) => {
      const answer = await post(name, '{"email":"a"}')
      expect([400, 404]).toContain(answer.status)
      expect(existsSync(join(folder, 'etc'))).toBe(false)
    },
  )

  it('a near name is told', async () => {
    const answer = await post('nws', '{}')
    expect(refused(answer, 404)).toBe('form_unknown')
    expect(answer.text).toContain('news')
  })

  it('where a signature is asked for, none passes without', async () => {
    const body = '{"email":"s@x.fr"}'
    const seconds = Math.floor(Date.now() / 1000)
    const v1 = sign({ body: Buffer.from(body), secret: 'hush', seconds })
    const type = { 'content-type': 'application/json' }
    expect(refused(await post('clicks', body, type), 401)).toBe('signature_invalid')
    expect(
      refused(
        await post('clicks', `${body} `, { ...type, 'sillage-signature': `t=${seconds},v1=${v1}` }),
        401,
      ),
    ).toBe('signature_invalid')
    expect(
      (await post('clicks', body, { ...type, 'sillage-signature': `t=${seconds},v1=${v1}` })).status,
    ).toBe(202)
    expect(await records('a', 'clicks')).toHaveLength(1)
  })

  it('a key is kept once, also when it is sent by many at the same moment', async () => {
    const headers = { 'content-type': 'application/json', 'idempotency-key': 'once' }
    const answers = await Promise.all(
      Array.from({ length: 12 }, () => post('contest', '{"email":"k@x.fr"}', headers)),
    )
    expect(new Set(answers.map(({ text }) => text))).toHaveLength(1)
    expect((await records('a', 'contest')).filter(({ request }) => request === 'once')).toHaveLength(1)
    const bad = await post('contest', '{"email":"k@x.fr"}', { ...headers, 'idempotency-key': 'a b' })
    expect(refused(bad, 400)).toBe('idempotency_key_invalid')
  })

  it('an address that sends too often waits, by form; another does not', async () => {
    const from = (address: string) =>
      post('few', '{"email":"r@x.fr"}', {
        'content-type': 'application/json',
        'x-forwarded-for': address,
        origin: 'https://shop.example',
      })
    for (let index = 0; index < 3; index += 1) expect((await from('203.0.113.1')).status).toBe(202)
    const fourth = await from('203.0.113.1')
    expect(refused(fourth, 429)).toBe('too_many_requests')
    expect(fourth.headers.get('access-control-allow-origin')).toBe('https://shop.example')
    expect(Number(fourth.headers.get('retry-after'))).toBeGreaterThan(0)
    expect((await from('203.0.113.2')).status).toBe(202)
    expect((await post('news', '{"email":"r@x.fr"}')).status).toBe(202)
  })

  it('counts, and the forms, are told; never what was sent', async () => {
    await post('news', '{"email":"bot@x.fr","website":"http://x"}')
    const metrics = await (await fetch(`${server.address}/metrics`)).text()
    expect(metrics).toMatch(/sillage_inbox_events_total\{form="news",outcome="accepted"\} \d+/)
    expect(metrics).toMatch(/sillage_inbox_events_total\{form="news",outcome="bots"\} 1/)
    expect(metrics).toMatch(/sillage_inbox_events_total\{form="contest",outcome="duplicates"\} 11/)
    expect(metrics).toMatch(/sillage_inbox_last_event_age_seconds\{form="news"\} \d/)
    const { paths } = (await (await fetch(`${server.address}/openapi.json`)).json()) as {
      paths: Record<string, { post?: { requestBody: { content: Record<string, { schema: object }> } } }>
    }
    expect(paths['/collect/news']!.post!.requestBody.content['application/json']!.schema).toMatchObject({
      required: ['email'],
    })
    expect(Object.keys(paths).filter((path) => path.startsWith('/collect'))).toHaveLength(forms.length)
    expect(JSON.stringify(paths)).not.toContain('hush')
    expect((await fetch(`${server.address}/openapi`)).status).toBe(200)
    expect(said.join()).not.toContain('@')
  })
})

it('what a token guards stays guarded, forms take from anyone', async () => {
  const server = await start('b', { tokens: { operate: 'a-token-that-may-operate' } })
  const answer = await fetch(`${server.address}/collect/news`, {
    method: 'POST',
    body: '{"email":"a@x.fr"}',
    headers: { 'content-type': 'application/json' },
  })
  expect(answer.status).toBe(202)
  expect((await fetch(`${server.address}/metrics`)).status).toBe(401)
  await server.close()
  const [segment] = readdirSync(join(folder, 'b/inbox/news'))
  expect(readFileSync(join(folder, 'b/inbox/news', segment!), 'utf8')).toMatch(/\n$/)
})

it('a second server on the same inbox does not start, and the port is free again', async () => {
  const server = await start('c')
  await expect(start('c')).rejects.toMatchObject({ code: 'inbox_busy' })
  await server.close()
  await (await start('c')).close()
})

it('a server that stops has what it answered for, and lets go of the inbox', async () => {
  const server = await start('d')
  const answered: string[] = []
  const sending = Array.from({ length: 60 }, async (_, index) => {
    const answer = await fetch(`${server.address}/collect/news`, {
      method: 'POST',
      body: `{"email":"${index}@x.fr"}`,
      headers: { 'content-type': 'application/json' },
    }).catch(() => undefined)
    if (answer?.status === 202) answered.push(`${index}@x.fr`)
    return index
  })
  await Promise.race(sending)
  await server.close()
  await Promise.all(sending)
  const kept = (await records('d', 'news')).map(({ body }) => (body as { email: string }).email)
  expect(answered.length).toBeGreaterThan(0)
  expect(answered.filter((email) => !kept.includes(email))).toEqual([])
  await (await start('d')).close()
})
