import { SillageError } from '@sillage/base'
import type { Fetch } from './http-client.ts'

/** Requests and answers, without request headers and without secrets: plain JSON, to be kept beside a test. */
export interface Cassette {
  readonly exchanges: readonly Exchange[]
}

interface Exchange {
  readonly method: string
  readonly url: string
  readonly sent?: string
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** Headers of answers that a client reads. */
const kept: readonly string[] = ['content-type', 'link', 'location', 'retry-after']

interface CassetteOptions {
  readonly fetch?: Fetch
  /** Removes what must not be kept: secrets, and names of customers. The same for both. */
  readonly redact?: (text: string) => string
}

/**
 * Sends requests to a server and records its answers.
 *
 * @example
 * const { fetch, cassette } = record({ redact: (text) => text.replaceAll(token, 'token') })
 * await httpClient({ address, signal, fetch }).send({ url: '/orders' })
 * writeFileSync('orders.json', JSON.stringify(cassette(), null, 1))
 */
export function record({ fetch = globalThis.fetch, redact = plainly }: CassetteOptions = {}): {
  readonly fetch: Fetch
  readonly cassette: () => Cassette
} {
  const exchanges: Exchange[] = []
  return {
    fetch: async (url, request) => {
      const response = await fetch(url, request)
      const body = await response.text()
      const headers = kept.flatMap((name) => {
        const value = response.headers.get(name)
        return value === null ? [] : [[name, redact(value)] as const]
      })
      exchanges.push({
        ...askedAs(url, request, redact),
        status: response.status,
        headers: Object.fromEntries(headers),
        body: redact(body),
      })
      return answerOf({ status: response.status, headers: response.headers, body })
    },
    cassette: () => ({ exchanges: [...exchanges] }),
  }
}

/**
 * Answers from a cassette: each exchange once, repeated requests in their recorded order. A request without an answer throws
 * `cassette_lacks`; no server is contacted.
 */
export function replay({ exchanges }: Cassette, { redact = plainly }: CassetteOptions = {}): Fetch {
  const left = [...exchanges]
  return async (url, request) => {
    const { method, url: shown, sent } = askedAs(url, request, redact)
    const at = left.findIndex((one) => one.method === method && one.url === shown && one.sent === sent)
    const [found] = at < 0 ? [] : left.splice(at, 1)
    if (found === undefined)
      throw new SillageError({
        code: 'cassette_lacks',
        message: `The cassette has no answer to ${method} ${shown}`,
        hint: 'record it again: the plugin asks for something else, or once more',
      })
    return answerOf(found)
  }
}

function askedAs(
  url: URL,
  { method = 'GET', body }: RequestInit,
  redact: (text: string) => string,
): Pick<Exchange, 'method' | 'url' | 'sent'> {
  return {
    method,
    url: redact(url.href),
    ...(typeof body === 'string' ? { sent: redact(body) } : {}),
  }
}

/** Statuses whose answers have no body. */
const bodiless: readonly number[] = [204, 205, 304]

function answerOf({
  status,
  headers,
  body,
}: {
  readonly status: number
  readonly headers: Headers | Readonly<Record<string, string>>
  readonly body: string
}): Response {
  const all = new Headers(headers instanceof Headers ? [...headers] : { ...headers })
  // The body is whole and plain by now.
  for (const name of ['content-encoding', 'content-length', 'transfer-encoding']) all.delete(name)
  return new Response(bodiless.includes(status) ? null : body, { status, headers: all })
}

function plainly(text: string): string {
  return text
}
