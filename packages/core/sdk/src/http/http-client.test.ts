import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type HttpClientOptions, httpClient } from './http-client.ts'
import { asDelivery } from './http-failure.ts'
import { nextLink } from './page-link.ts'
import { TestClock } from './testing/test-clock.ts'
import { TestServer } from './testing/test-server.ts'

let server: TestServer
beforeAll(async () => {
  server = await TestServer.open(() => ({}))
})
beforeEach(() => void server.received.splice(0))
afterAll(() => server[Symbol.asyncDispose]())

const client = (options: Partial<HttpClientOptions> = {}) =>
  httpClient({ signal: new AbortController().signal, address: `${server.origin}/v1`, ...options })

describe('a client for HTTP', () => {
  it('takes a path below its address, and sends its headers with every request', async () => {
    server.reply = () => ({ body: '{"ok": true}' })
    const asked = client({ headers: { authorization: 'Bearer t', accept: 'a/b' } })
    const answer = await asked.send({ url: '/orders?page=2', headers: { accept: 'c/d' } })
    expect(answer.json()).toEqual({ ok: true })
    expect(server.received).toMatchObject([
      { method: 'GET', path: '/v1/orders?page=2', headers: { authorization: 'Bearer t', accept: 'c/d' } },
    ])
    await expect(client({ address: undefined }).send({ url: '/orders' })).rejects.toMatchObject({
      code: 'address_relative',
    })
  })

  it('a header of the request wins over that of the client, however either is spelled', async () => {
    server.reply = () => ({})
    await client({ headers: { authorization: 'Bearer t' } }).send({
      url: '/',
      headers: { Authorization: 'Basic b' },
    })
    expect(server.received).toMatchObject([{ headers: { authorization: 'Basic b' } }])
  })

  it.each([408, 425, 429, 500, 503])(
    '%d may pass: it is tried again as often as the budget says, with doubling waits',
    async (status) => {
      const clock = new TestClock()
      server.reply = () => ({ status })
      const retry = { attempts: 4, firstWaitMs: 100, longestWaitMs: 250 }
      await expect(client({ retry, clock }).send({ url: '/' })).rejects.toMatchObject({
        code: 'api_failing',
        retryable: true,
      })
      expect(server.received).toHaveLength(4)
      expect(clock.waits).toEqual([100, 200, 250])
    },
  )

  it('any other answer is refused at once', async () => {
    for (const status of [400, 401, 404, 410, 422, 304]) {
      server.reply = () => ({ status })
      const asked = client({ retry: { attempts: 3, firstWaitMs: 1, longestWaitMs: 1 } })
      await expect(asked.send({ url: '/' })).rejects.toMatchObject({ code: 'api_refused', retryable: false })
    }
    expect(server.received).toHaveLength(6)
    await expect(client().send({ url: '/', accepts: [304] })).resolves.toMatchObject({ status: 304 })
  })

  it('what may not be made twice is tried once, unless it says that it may', async () => {
    server.reply = () => ({ status: 503 })
    const asked = client({
      retry: { attempts: 3, firstWaitMs: 1, longestWaitMs: 1 },
      clock: new TestClock(),
      failed: asDelivery,
    })
    const failed = { code: 'delivery_failed', retryable: true, facts: { status: 503 } }
    await expect(asked.send({ url: '/', method: 'POST', body: 'x' })).rejects.toMatchObject(failed)
    expect(server.received.splice(0)).toHaveLength(1)
    await expect(asked.send({ url: '/', method: 'POST', body: 'x', repeatable: true })).rejects.toMatchObject(
      failed,
    )
    expect(server.received.map(({ body }) => body)).toEqual(['x', 'x', 'x'])
  })

  it('waits as long as Retry-After says, in seconds or by a date, and never longer than its budget', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: 100 }),
        fc.boolean(),
        fc.integer({ min: 1, max: 5000 }),
        fc.integer({ min: 1, max: 40_000 }),
        async (seconds, isDated, firstWaitMs, longestWaitMs) => {
          const clock = new TestClock()
          const date = new Date(clock.now() + seconds * 1000).toUTCString()
          let asked = 0
          const fetch = async () => {
            asked += 1
            return asked === 1
              ? new Response('', {
                  status: 429,
                  headers: { 'retry-after': isDated ? date : String(seconds) },
                })
              : new Response('{}')
          }
          const retry = { attempts: 2, firstWaitMs, longestWaitMs }
          await client({ clock, retry, fetch }).send({ url: '/' })
          expect(clock.waits).toEqual([Math.min(longestWaitMs, Math.max(firstWaitMs, seconds * 1000))])
        },
      ),
    )
  })

  it('follows a redirect within the server where it only reads', async () => {
    server.reply = ({ path }) =>
      path === '/v1/old' ? { status: 301, headers: { location: '/new?x=1' } } : { body: path }
    const answer = await client({ headers: { authorization: 'Bearer t' } }).send({ url: '/old' })
    expect([answer.text, answer.url.href]).toEqual(['/new?x=1', `${server.origin}/new?x=1`])
    expect(server.received.at(-1)!.headers.authorization).toBe('Bearer t')
  })

  it('does not follow one to another server, of what it writes, or without an end', async () => {
    await using other = await TestServer.open(() => ({ body: 'not mine' }))
    const refused = {
      code: 'api_refused',
      retryable: false,
      hint: 'it sends elsewhere: write the final address as url',
    }
    server.reply = () => ({ status: 302, headers: { location: other.origin } })
    await expect(client().send({ url: '/' })).rejects.toMatchObject(refused)
    server.reply = () => ({ status: 307, headers: { location: '/v1/next' } })
    await expect(client().send({ url: '/', method: 'POST', body: '' })).rejects.toMatchObject(refused)
    expect(server.received).toHaveLength(2)
    await expect(client().send({ url: '/' })).rejects.toMatchObject(refused)
    expect(other.received).toEqual([])
  })

  it('a server that does not answer in time may do so later; a run that ends, ends it with its reason', async () => {
    server.reply = () => 'silence'
    await expect(client({ timeoutSeconds: 0.05 }).send({ url: '/' })).rejects.toMatchObject({
      code: 'api_unreachable',
      retryable: true,
      message: expect.stringContaining('no answer within 0.05 s'),
    })
    const run = new AbortController()
    const sent = client({ signal: run.signal }).send({ url: '/' })
    run.abort(new Error('interrupted'))
    await expect(sent).rejects.toThrow('interrupted')
  })

  it('tells neither the query nor a secret in the path', async () => {
    server.reply = () => ({ status: 404 })
    const asked = client({ redact: (text) => text.replaceAll('s3cret', '…') })
    const error: Error = await asked.send({ url: '/hooks/s3cret?key=k-1' }).then(
      () => new Error('it should be refused'),
      (thrown: Error) => thrown,
    )
    expect(error.message).toBe(`${server.origin}/v1/hooks/… answered 404`)
  })

  it('goes from page to page as the header Link says, and never in a circle', async () => {
    let last = 3
    server.reply = ({ path }) => {
      const page = Number(new URL(path, 'http://x').searchParams.get('p') ?? 1)
      const next = page < last ? page + 1 : page === last ? undefined : 1
      return {
        body: String(page),
        headers: next === undefined ? {} : { link: `</v1/x?p=${next}>; rel="next"` },
      }
    }
    const pages: string[] = []
    for await (const { text } of client().pages({ url: '/x?p=1' }, nextLink)) pages.push(text)
    expect(pages).toEqual(['1', '2', '3'])
    last = 0
    const circle = client().pages({ url: '/x?p=1' }, nextLink)
    await circle.next()
    await expect(circle.next()).rejects.toMatchObject({ code: 'api_no_progress' })
    server.reply = () => ({ headers: { link: '<https://elsewhere.example/>; rel="next"' } })
    const away = client().pages({ url: '/x' }, nextLink)
    await away.next()
    await expect(away.next()).rejects.toMatchObject({ code: 'link_elsewhere' })
  })
})
