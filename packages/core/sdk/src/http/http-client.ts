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

/** The `fetch` of the platform, or what stands in its place in a test. */
export type Fetch = (url: URL, request: RequestInit) => Promise<Response>

export interface HttpClientOptions {
  /** Ends with the run. */
  readonly signal: AbortSignal
  /** What a path is taken below: `/orders` of `https://api.example.org/v1` is `https://api.example.org/v1/orders`. */
  readonly address?: string | undefined
  /** Of every request. */
  readonly headers?: Readonly<Record<string, string>> | undefined
  /** How long one answer may take, redirects included. */
  readonly timeoutSeconds?: number | undefined
  /**
   * How often the client itself tries again; unless said once, since the engine tries a page or a message again by the budget of its
   * plugin. Only requests that may be made twice are.
   */
  readonly retry?: RetryBudget | undefined
  /** Shared by all who speak to the server. */
  readonly pace?: Pace | undefined
  /** Takes secrets out of what is told. */
  readonly redact?: ((text: string) => string) | undefined
  /** The error of a failure; that of a source unless said. */
  readonly failed?: ((failure: HttpFailure) => Error) | undefined
  readonly fetch?: Fetch | undefined
  readonly clock?: Clock | undefined
}

export interface HttpRequest {
  /** An address, or a path below that of the client. */
  readonly url: string | URL
  /** GET unless said. */
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  /** Statuses beside 2xx that are an answer. */
  readonly accepts?: readonly number[]
  /** True where making the request twice does what once does, though it is neither GET nor HEAD: it has an idempotency key. */
  readonly repeatable?: boolean
  /** The error of a failure of this request, where it is not that of the client. */
  readonly failed?: (failure: HttpFailure) => Error
  /** False where only the status matters: the rest of the answer is not waited for. */
  readonly reads?: boolean
}

export interface HttpAnswer {
  /** Where it came from, behind redirects. */
  readonly url: URL
  readonly status: number
  readonly headers: Headers
  readonly text: string
  /** The text as JSON, with the digits that JavaScript has. Throws `api_answer`. */
  readonly json: <T = unknown>() => T
}

export interface HttpClient {
  /** Throws what `failed` makes of a failure, and the signal's reason. */
  readonly send: (request: HttpRequest) => Promise<HttpAnswer>
  /** Answers one after the other, each asked for by what the one before says; ends where it says nothing. Throws `api_no_progress`. */
  readonly pages: (
    first: HttpRequest,
    next: (answer: HttpAnswer) => string | URL | undefined,
  ) => AsyncGenerator<HttpAnswer>
}

const redirects: readonly number[] = [301, 302, 303, 307, 308]
const mostRedirects = 5

/**
 * Speaks to one server: with a limit of time, at its pace, trying again what may pass, telling no secret. A redirect is followed within the
 * server by requests that only read; headers and secrets go nowhere else.
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

/** An address as it is; a path below the address of the client. Throws `address_relative` where there is none. */
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

/** The answer behind redirects that may be followed. */
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

/** Where an answer sends on within the server; undefined where it does not, or elsewhere. */
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

/** An answer that is no JSON: its text may be a customer's, so it is not told. */
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
