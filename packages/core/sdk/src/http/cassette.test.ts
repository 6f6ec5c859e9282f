import { expect, it } from 'vitest'
import { record, replay } from './cassette.ts'
import { httpClient } from './http-client.ts'
import { TestServer } from './testing/test-server.ts'

const signal = new AbortController().signal
const redact = (text: string): string => text.replaceAll('s3cret', 'token')

it('gives again what was recorded, from plain JSON without secrets, and asks no server', async () => {
  await using server = await TestServer.open(({ method, path, body }) => ({
    status: method === 'POST' ? 201 : 200,
    headers: { 'content-type': 'text/plain', 'x-trace': 's3cret' },
    body: `${path} ${body}`,
  }))
  const ask = async (fetch: Parameters<typeof httpClient>[0]['fetch']) => {
    const client = httpClient({
      signal,
      address: server.origin,
      headers: { authorization: 'Bearer s3cret' },
      fetch,
    })
    const answers = [
      await client.send({ url: '/a?key=s3cret' }),
      await client.send({ url: '/a', method: 'POST', body: 'x' }),
      await client.send({ url: '/a?key=s3cret' }),
    ]
    return answers.map(({ status, text }) => [status, redact(text)])
  }
  const recording = record({ redact })
  const before = await ask(recording.fetch)
  const kept = JSON.stringify(recording.cassette())
  expect(kept).not.toContain('s3cret')
  const asked = server.received.length
  const cassette = JSON.parse(kept) as ReturnType<typeof recording.cassette>
  expect(await ask(replay(cassette, { redact }))).toEqual(before)
  expect(server.received).toHaveLength(asked)
})

it('refuses what it does not hold, and a second time of what it holds once', async () => {
  const exchange = { method: 'GET', url: 'https://x.example/a', status: 200, headers: {}, body: '[]' }
  const client = httpClient({ signal, fetch: replay({ exchanges: [exchange] }) })
  await client.send({ url: exchange.url })
  await expect(client.send({ url: exchange.url })).rejects.toMatchObject({ code: 'cassette_lacks' })
})
