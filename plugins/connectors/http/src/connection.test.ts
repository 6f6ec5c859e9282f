import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Pace } from '@sillage/sdk'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { addressOf, checkAddress } from './address.ts'
import http from './connection.ts'

const asked: string[] = []
const server = createServer((request, response) => {
  asked.push(`${request.url} ${request.headers.authorization} ${request.headers['x-team']}`)
  response.statusCode = request.url === '/v1' ? 404 : 200
  response.end()
})
beforeAll(() => new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready)))
afterAll(() => void server.close())

const context = {
  signal: new AbortController().signal,
  pace: new Pace({}),
  redact: (text: string) => text,
  resolve: (path: string) => path,
}
const open = async () => {
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/`
  const config = { address, token: 't', headers: { 'x-team': 'a' } }
  return { config, connection: await http.open({ config, context }) }
}

it('gives clients that send its token and headers, where the stage does not say its own', async () => {
  const { connection } = await open()
  const client = connection.client({ signal: context.signal })
  await client.send({ url: connection.locate('/orders') })
  await client.send({ url: '/orders', headers: { 'x-team': 'b' } })
  expect(asked.splice(0)).toEqual(['/v1/orders Bearer t a', '/v1/orders Bearer t b'])
})

it('sends its token to its server alone', async () => {
  const { config, connection } = await open()
  expect(connection.locate(`${new URL(config.address).origin}/other`)).toMatch(/\/other$/)
  for (const url of ['https://elsewhere.example/x', '//elsewhere.example/x', '/\\elsewhere.example'])
    if (url.startsWith('/'))
      expect(new URL(connection.locate(url)).origin).toBe(new URL(config.address).origin)
    else
      expect(() => connection.locate(url)).toThrowError(
        expect.objectContaining({ code: 'address_elsewhere' }),
      )
  const ref = { name: 'crm', type: 'http', module: '', config, folder: '' }
  expect(checkAddress('https://elsewhere.example/x', ref)).toMatchObject([{ code: 'address_elsewhere' }])
  expect(checkAddress('/x', undefined)).toMatchObject([{ code: 'address_relative' }])
  expect(addressOf('/x', config)).toBe(`${config.address}x`)
})

it('a server that knows no page at its address answers all the same', async () => {
  const { config, connection } = await open()
  const address = config.address.replace(/\/$/, '')
  expect(await http.test({ connection, config: { ...config, address }, context })).toBe('it answered 404')
})
