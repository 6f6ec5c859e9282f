import { isSillageError, type RetryBudget, retryTransient } from '@sillage/base'
import { sourceFailed } from '../failure.ts'
import { type Clock, systemClock } from './clock.ts'
import { within } from './deadline.ts'
import { asSource, type HttpFailure } from './http-failure.ts'
import { mergedHeaders } from './merged-headers.ts'
import type { Pace } from './pace.ts'
import { PageProgress } from './page-progress.ts'
import { isPassing } from './passing-status.ts'
import { retryAfterMs } from './retry-after.ts'

/** The `fetch` of the platform, or its replacement in a test. */
export type Fetch = (url: URL, request: RequestInit) => Promise<Response>

export interface HttpClientOptions {
  /** Ends with the run. */
  readonly signal: AbortSignal
  /** The base of paths: `/orders` below `https://api.example.org/v1` is `https://api.example.org/v1/orders`. */
  readonly address?: string | undefined
  /** Sent with every request. */
  readonly headers?: Readonly<Record<string, string>> | undefined
  /** How long one answer may take, redirects included. */
  readonly timeoutSeconds?: number | undefined
  /**
   * How often the client itself attempts a request. Default: once, since the engine retries a page or a message by the budget of its plugin.
   * Only requests that may be made twice are retried.
   */
  readonly retry?: RetryBudget | undefined
  /** Shared by all clients of the server. */
  readonly pace?: Pace | undefined
  /** Removes secrets from messages. */
  readonly redact?: ((text: string) => string) | undefined
  /** Makes the error of a failure; default: that of a source. */
  readonly failed?: ((failure: HttpFailure) => Error) | undefined
  readonly fetch?: Fetch | undefined
  readonly clock?: Clock | undefined
}

export interface HttpRequest {
  /** An address, or a path below the client's address. */
  readonly url: string | URL
  /** Default: GET. */
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  /** Statuses besides 2xx that are an answer. */
  readonly accepts?: readonly number[]
  /** True if the request is idempotent though it is neither GET nor HEAD, for example because it has an idempotency key. */
  readonly repeatable?: boolean
  /** Makes the error of a failure of this request; default: as the client does. */
  readonly failed?: (failure: HttpFailure) => Error
  /** False if only the status matters: the body of the answer is not awaited. */
  readonly reads?: boolean
}

export interface HttpAnswer {
  /** The address that answered, after redirects. */
  readonly url: URL
  readonly status: number
  readonly headers: Headers
  readonly text: string
  /** The text as JSON, with the precision of JavaScript numbers. Throws `api_answer`. */
  readonly json: <T = unknown>() => T
}

export interface HttpClient {
  /** Throws what `failed` makes of a failure, and the signal's reason. */
  readonly send: (request: HttpRequest) => Promise<HttpAnswer>
  /** Answers page by page: each answer names the next request; ends when one names none. Throws `api_no_progress`. */
  readonly pages: (
    first: HttpRequest,
    next: (answer: HttpAnswer) => string | URL | undefined,
  ) => AsyncGenerator<HttpAnswer>
}

const redirects: readonly number[] = [301, 302, 303, 307, 308]
const mostRedirects = 5

/**
 * A client for one server: with a timeout, at the server's pace, retrying temporary failures, revealing no secret. Requests that only read
 * follow redirects within the server; headers and secrets go nowhere else.
 */
export function httpClient(options: HttpClientOptions): HttpClient {
  const { signal, clock = systemClock, retry = once } = options
  const send = (request: HttpRequest): Promise<HttpAnswer> =>
    retryTransient(() => attempt(request, options), {
      budget: mayRepeat(request) ? retry : once,
      signal,
      sleep: (ms) => clock.sleep(ms, signal),
    })
  return {
    send,
    pages: async function* (first, next) {
      const progress = new PageProgress(addressOf(first.url, options).href)
      for (let url: string | URL | undefined = first.url; url !== undefined; ) {
        progress.ask(addressOf(url, options))
        const answer = await send({ ...first, url })
        yield answer
        url = next(answer)
      }
    },
  }
}

const once: RetryBudget = { attempts: 1, firstWaitMs: 0, longestWaitMs: 0 }

function isReading({ method = 'GET' }: HttpRequest): boolean {
  return method === 'GET' || method === 'HEAD'
}

function mayRepeat(request: HttpRequest): boolean {
  return request.repeatable === true || isReading(request)
}

/** An address as it is, or a path below the address of the client. Throws `address_relative` if the client has none. */
function addressOf(url: string | URL, { address }: HttpClientOptions): URL {
  if (typeof url !== 'string') return url
  if (/^https?:\/\//i.test(url)) return new URL(url)
  if (address !== undefined) return new URL(`${address.replace(/\/$/, '')}/${url.replace(/^\//, '')}`)
  throw sourceFailed({
    code: 'address_relative',
    message: `"${url}" is a path, and there is no address that it is below`,
    hint: 'write the whole address, or give the stage a connection',
  })
}

async function attempt(request: HttpRequest, options: HttpClientOptions): Promise<HttpAnswer> {
  const { clock = systemClock, redact = plainly } = options
  const failed = request.failed ?? options.failed ?? asSource
  const asked = addressOf(request.url, options)
  const shown = redact(asked.origin + asked.pathname)
  const { response, text, url } = await answered(request, { asked, shown, options })
  const { status, headers } = response
  if (response.ok || request.accepts?.includes(status))
    return { url, status, headers, text, json: () => parsed(text, shown) }
  if (redirects.includes(status)) throw failed({ kind: 'redirected', shown, status })
  if (!isPassing(status)) throw failed({ kind: 'refused', shown, status })
  const wait = retryAfterMs(headers.get('retry-after'), clock.now())
  throw failed({ kind: 'failing', shown, status, retryAfterMs: wait })
}

interface Asked {
  readonly asked: URL
  readonly shown: string
  readonly options: HttpClientOptions
}

interface Answered {
  readonly response: Response
  readonly text: string
  readonly url: URL
}

/** The answer after the redirects that may be followed. */
async function answered(request: HttpRequest, { asked, shown, options }: Asked): Promise<Answered> {
  const { signal, timeoutSeconds = 30 } = options
  const failed = request.failed ?? options.failed ?? asSource
  using _ = (await options.pace?.enter(signal)) ?? nothing
  using deadline = within(timeoutSeconds * 1000, signal)
  try {
    let url = asked
    for (let hop = 0; ; hop += 1) {
      const response = await ask(url, { request, options, signal: deadline.signal })
      const next = hop < mostRedirects && isReading(request) ? redirectedTo(response, url) : undefined
      if (next !== undefined) {
        await response.body?.cancel()
        url = next
        continue
      }
      if (request.reads !== false) return { response, text: await response.text(), url }
      await response.body?.cancel()
      return { response, text: '', url }
    }
  } catch (cause) {
    signal.throwIfAborted()
    if (isSillageError(cause)) throw cause
    const reason = deadline.signal.aborted ? `no answer within ${timeoutSeconds} s` : causeOf(cause)
    throw failed({ kind: 'unreachable', shown, reason, cause })
  }
}

const nothing: Disposable = { [Symbol.dispose]: () => {} }

function ask(
  url: URL,
  {
    request: { method = 'GET', headers, body },
    options,
    signal,
  }: { readonly request: HttpRequest; readonly options: HttpClientOptions; readonly signal: AbortSignal },
): Promise<Response> {
  const { fetch = globalThis.fetch } = options
  return fetch(url, {
    method,
    headers: mergedHeaders(options.headers, headers),
    ...(body === undefined ? {} : { body }),
    signal,
    redirect: 'manual',
  })
}

/** The redirect target of an answer within the server; undefined if there is none, or if it is elsewhere. */
function redirectedTo({ status, headers }: Response, from: URL): URL | undefined {
  const location = headers.get('location')
  if (!redirects.includes(status) || location === null || !URL.canParse(location, from.href)) return undefined
  const url = new URL(location, from)
  return url.origin === from.origin ? url : undefined
}

function parsed<T>(text: string, shown: string): T {
  try {
    return JSON.parse(text) as T
  } catch {
    throw notJson(shown)
  }
}

/** An answer that is not JSON: its text may contain customers' values, so it is not shown. */
export function notJson(shown: string): Error {
  return sourceFailed({
    code: 'api_answer',
    message: `${shown} answered with what is no JSON`,
    hint: 'check url: a page for people, or of a sign-in, is none for programs',
  })
}

function causeOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined
  return cause instanceof Error && 'code' in cause ? String(cause.code) : 'the connection failed'
}

function plainly(text: string): string {
  return text
}
