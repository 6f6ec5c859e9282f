import {
  asConnection,
  defineConnection,
  fields,
  type HttpClient,
  type HttpClientOptions,
  httpClient,
  mergedHeaders,
  type Static,
  t,
} from '@sillage/sdk'
import { locatedBelow } from './address.ts'

const config = t.object({
  address: t.text({
    pattern: '^https?://',
    description: 'The base address of paths in stages, such as https://api.example.org/v1.',
  }),
  token: t.optional(t.secret({ description: 'Sent as `authorization: Bearer …`.' })),
  headers: fields.http().headers,
  requests_per_second: t.optional(
    t.number({
      exclusiveMinimum: 0,
      description: 'The most requests per second, by all stages together.',
    }),
  ),
  concurrent: t.optional(
    t.integer({
      minimum: 1,
      description: 'The most requests at the same time, by all stages together.',
    }),
  ),
  test: t.optional(
    t.text({
      pattern: '^/',
      description: 'The path that `sillage connections test` asks for; the address itself unless said.',
    }),
  ),
})

/** What stages are handed: the address of a path, and clients that send what the connection says. */
export interface HttpConnection {
  /** The whole address of a path, or of an address of the same server. */
  readonly locate: (url: string) => string
  /** A client with the headers and the pace of the connection; headers of the stage win. */
  readonly client: (options: HttpClientOptions) => HttpClient
}

export default defineConnection<Static<typeof config>, HttpConnection>({
  name: 'http',
  summary: 'A server that speaks HTTP, with the headers and token of every request.',
  config,
  identity: ({ address, headers = {} }) => ({ address, headers }),
  limits: ({ requests_per_second, concurrent }) => ({ requestsPerSecond: requests_per_second, concurrent }),
  open: ({ config: { address, token, headers }, context: { pace, redact } }) => ({
    locate: (url) => locatedBelow(address, url),
    client: (options) =>
      httpClient({
        pace,
        redact,
        ...options,
        address,
        headers: mergedHeaders(
          token === undefined ? undefined : { authorization: `Bearer ${token}` },
          headers,
          options.headers,
        ),
      }),
  }),
  test: async ({ connection, config: { address, test }, context: { signal } }) => {
    const url = test === undefined ? address : connection.locate(test)
    const { status } = await connection.client({ signal, failed: asConnection }).send({
      url,
      // Without a path of its own to ask for, a server that knows no page there answers all the same.
      accepts: test === undefined ? [400, 404, 405] : [],
      reads: false,
    })
    return `it answered ${status}`
  },
})
